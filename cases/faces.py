"""What projects and stories add to faces below: the place on a card, the outcome of a use, a municipality's own."""

from django.db.models import CharField, F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.models import Page

from cases.models import CaseStoryPage, ProjectPage, ProjectResult
from cases.places import CARRY, place_of, with_place
from content.cards import bare_cards, register_detail
from content.listing import listed
from methods.uses import register_teller
from network.panels import MunicipalityMark, MunicipalityPanel, register, register_mark
from taxonomy.models import PageTheme

KINDS = {ProjectPage.kind, CaseStoryPage.kind}


@register_detail
def place(cards):
    """The municipality, and how many methods the page tells of."""
    wanted = [pk for pk, card in cards.items() if card.kind in KINDS]
    if not wanted:
        return
    unasked = [pk for pk in wanted if "place_id" not in cards[pk].extra]
    rows = with_place(Page.objects.filter(pk__in=unasked)).values("pk", *CARRY) if unasked else []
    found = {row["pk"]: row for row in rows}
    for pk in wanted:
        row = found.get(pk, cards[pk].extra)
        municipality = place_of(row)
        cards[pk].extra["municipality"] = municipality
        cards[pk].kicker.append(municipality.full_name)
        if number := row["told"]:
            cards[pk].facts.append(
                ngettext("%(n)s metode eller værktøj", "%(n)s metoder og værktøjer", number) % {"n": number}
            )


@register_teller
def told_in_cases():
    """When, what came of it and the ground cover, from the project or story that tells of the use."""
    themes = PageTheme.objects.filter(page=OuterRef("page"))
    return {
        "period": Coalesce(
            Subquery(ProjectPage.objects.filter(pk=OuterRef("page")).values("period")[:1]),
            Subquery(CaseStoryPage.objects.filter(pk=OuterRef("page")).values("period")[:1]),
        ),
        "outcome": Subquery(
            ProjectResult.objects.filter(page=OuterRef("page")).order_by("sort_order", "pk").values("text")[:1]
        ),
        "ground": Subquery(themes.order_by("-is_main", "pk").values("term__ground")[:1]),
    }


@register(order=10)
def own_projects(municipality, request):
    """The municipality's project in the campaign and the stories told from there."""
    challenge = Coalesce(F("projectpage__challenge"), Value(""), output_field=CharField())
    rows = with_place(listed(ProjectPage, CaseStoryPage)).annotate(challenge=challenge)
    cards = bare_cards(rows.filter(place_id=municipality.pk).order_by("sort_key"), request, (*CARRY, "challenge"))
    if not cards:
        return None
    projects = [card for card in cards if card.kind == ProjectPage.kind]
    return MunicipalityPanel(
        "cases/municipality_panel.html",
        {
            "projects": projects,
            "stories": [card for card in cards if card.kind == CaseStoryPage.kind],
        },
        cards=cards,
        leader=projects[0] if projects else None,
    )


@register_mark
def with_project():
    """The municipalities with a project in the campaign, on the ground of its main theme."""
    themes = PageTheme.objects.filter(page=OuterRef("pk")).order_by("-is_main", "pk")
    rows = listed(ProjectPage).annotate(
        place=F("projectpage__municipality"),
        ground=Subquery(themes.values("term__ground")[:1]),
        theme=Subquery(themes.values("term__title")[:1]),
    )
    return {
        place: MunicipalityMark(_("Projekt"), ground or "", theme or "")
        for place, ground, theme in rows.values_list("place", "ground", "theme")
    }
