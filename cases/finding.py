"""What projects and stories add to finding: where it was, and when."""

import re

from django.db.models.signals import post_save

from cases.models import CaseStoryPage, ProjectPage
from content.findable import Term, register_terms
from content.finding import PAGE, touch_pages
from network.finding import place_term
from network.models import Municipality

TYPES = (ProjectPage, CaseStoryPage)
LONGEST = 20  # a period of more years than that says nothing about when
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def years_in(period: str) -> list[str]:
    """Return the years of a period as it is written, »2015–2017« or »foråret 2015«, with those between."""
    years = [int(year) for year in _YEAR.findall(period)]
    if not years:
        return []
    first, last = min(years), max(years)
    return [str(year) for year in (range(first, last + 1) if last - first < LONGEST else sorted(set(years)))]


@register_terms(PAGE)
def place_and_time(pks):
    found = {}
    for model in TYPES:
        for page in model.objects.filter(pk__in=pks).select_related("municipality").only("period", "municipality"):
            found[page.pk] = {
                "kommune": [place_term(page.municipality)] if page.municipality_id else [],
                "aar": [Term(year, year) for year in years_in(page.period)],
            }
    return found


def place_changed(sender, instance, **kwargs):
    for model in TYPES:
        touch_pages(model.objects.filter(municipality=instance.pk).values_list("pk", flat=True))


post_save.connect(place_changed, sender=Municipality, dispatch_uid="cases.finding.place_changed")
