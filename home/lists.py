"""What the plain lists and pages show: publications, news, sections."""

from django.db.models import CharField, Count, F
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from content.cards import cards_for
from content.listing import listed, narrow, page_types
from content.reading import shows
from home.models import NewsIndexPage, NewsPage, PublicationIndexPage, PublicationPage, SectionPage
from network.faces import standing_of
from network.models import Municipality
from taxonomy import models as words
from taxonomy.facets import Facet, Sort, TagFacet, TermFacet, narrowed

PUBLISHED = ("publication_type", "year", "author", "publisher", "title_basis")


class ColumnFacet(Facet):
    """Narrow by a column of the page type itself, such as the year of a publication."""

    is_select = True

    def __init__(self, name, label, column, newest_first=False):
        super().__init__(name, label)
        self.column = column
        self.newest_first = newest_first

    def narrow(self, pages, values):
        return pages.annotate(**{f"as_{self.name}": Cast(self.column, CharField())}).filter(
            **{f"as_{self.name}__in": values}
        )

    def counted(self, pages):
        rows = pages.filter(**{f"{self.column}__isnull": False}).values(self.column)
        return self.row(rows, F(self.column), F(self.column), F(self.column), Count("pk", distinct=True))

    def rows_shown(self, counts):
        return sorted(counts, key=lambda row: row[2], reverse=self.newest_first)


class AboutFacet(Facet):
    """Narrow publications and news by the municipality they are about."""

    is_select = True

    def __init__(self, name, label, relation, page_field):
        super().__init__(name, label)
        self.relation = relation
        self.page_field = page_field

    def narrow(self, pages, values):
        places = Municipality.objects.filter(slug__in=values)
        return pages.filter(pk__in=places.values(self.page_field))

    def labels(self, values):
        return dict(Municipality.objects.filter(slug__in=values).values_list("slug", "full_name"))

    def counted(self, pages):
        places = Municipality.objects.filter(**{f"{self.page_field}__in": pages.values("pk")})
        return self.row(places, F("slug"), F("full_name"), F("sort_key"), Count(self.page_field, distinct=True))


@shows(PublicationIndexPage)
def publication_index_context(page, request):
    facets = [
        ColumnFacet("type", _("Type"), "publicationpage__publication_type"),
        ColumnFacet("aar", _("År"), "publicationpage__year", newest_first=True),
        TermFacet("tema", _("Tema"), words.Theme, words.PageTheme),
        AboutFacet("kommune", _("Kommune"), "publications", "publications__page"),
    ]
    sorts = [
        Sort("nyeste", _("Nyeste først"), (F("publicationpage__year").desc(nulls_last=True), "sort_key"), _published),
        Sort("titel", _("Titel, A–Å"), ("sort_key",), _published),
    ]
    listing = narrowed(listed(PublicationPage), facets, sorts, request.GET, narrow)
    return {"listing": listing, "cards": cards_for(listing.page, request, PUBLISHED)}


def _published(pages):
    """Lay beside each row what a publication is, who wrote it and when."""
    return pages.annotate(**{name: F(f"publicationpage__{name}") for name in PUBLISHED})


@shows(NewsIndexPage)
def news_index_context(page, request):
    facets = [
        TermFacet("tema", _("Tema"), words.Theme, words.PageTheme),
        AboutFacet("kommune", _("Kommune"), "news", "news"),
        TagFacet("emneord", _("Emneord")),
    ]
    sorts = [
        Sort("nyeste", _("Nyeste først"), ("-newspage__published_on", "sort_key"), _dated),
        Sort("titel", _("Titel, A–Å"), ("sort_key",), _dated),
    ]
    listing = narrowed(listed(NewsPage), facets, sorts, request.GET, narrow)
    return {"listing": listing, "cards": cards_for(listing.page, request, ("published_on",))}


def _dated(pages):
    return pages.annotate(published_on=F("newspage__published_on"))


@shows(PublicationPage)
def publication_context(page, request):
    about = [row.municipality for row in page.about.select_related("municipality")]
    return {**_classified_context(page, request), "about": about}


@shows(NewsPage)
def news_context(page, request):
    return _classified_context(page, request)


def _classified_context(page, request):
    return {"standing": standing_of(page, request), "sources": list(page.sources.all())}


@shows(SectionPage)
def section_context(page, request):
    """The pages below a section, in the editors' order."""
    types = [model for model in page_types() if model._meta.app_label == "home"]
    return {"cards": cards_for(listed(*types).child_of(page).order_by("path"), request)}
