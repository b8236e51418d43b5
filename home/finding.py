"""What news and publications add to finding: what they are about, and from when."""

from collections import defaultdict

from django.db.models.signals import post_save

from content.findable import Term, register_terms
from content.finding import PAGE, touch_pages
from home.models import NewsPage, PublicationMunicipality, PublicationPage
from network.finding import place_term
from network.models import Municipality


@register_terms(PAGE)
def about_and_time(pks):
    found = defaultdict(lambda: {"kommune": [], "aar": []})
    for page in NewsPage.objects.filter(pk__in=pks).select_related("municipality"):
        found[page.pk]["aar"].append(_year(page.published_on.year))
        if page.municipality_id:
            found[page.pk]["kommune"].append(place_term(page.municipality))
    for pk, year in PublicationPage.objects.filter(pk__in=pks, year__isnull=False).values_list("pk", "year"):
        found[pk]["aar"].append(_year(year))
    for row in PublicationMunicipality.objects.filter(page__in=pks).select_related("municipality"):
        found[row.page_id]["kommune"].append(place_term(row.municipality))
    return found


def _year(number):
    return Term(str(number), str(number))


def place_changed(sender, instance, **kwargs):
    touch_pages(NewsPage.objects.filter(municipality=instance.pk).values_list("pk", flat=True))
    touch_pages(PublicationMunicipality.objects.filter(municipality=instance.pk).values_list("page", flat=True))


post_save.connect(place_changed, sender=Municipality, dispatch_uid="home.finding.place_changed")
