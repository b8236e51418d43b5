"""The campaign in figures and charts, computed from what stands in the database and never typed in."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.models import Page

from cases.models import ProjectPage
from content.listing import listed, open_to_all
from content.models import Source
from content.reading import shows
from home.charts import Bar, Chart, Growth
from home.front import counted_words
from home.models import CampaignPage, PublicationPage
from methods.facets import shown_uses
from methods.models import Documentation, MethodPage, ToolPage
from network.models import Municipality
from taxonomy.standing import standings

MANY_USERS = 3
SEVERAL = gettext_lazy("En metode eller et værktøj kan høre til flere steder.")


@dataclass(frozen=True)
class Figure:
    number: int
    label: str
    note: str = ""


@shows(CampaignPage)
def campaign_context(page, request):
    rows = _rows()
    projects = [row for row in rows if row.is_project]
    methods = [row for row in rows if row.is_method or row.is_tool]
    standing = standings([row.pk for row in rows], "themes", "phases")
    uses = list(shown_uses().values_list("method_id", "municipality_id"))
    words = counted_words()
    by_theme = _by_word(words["themes"], methods, lambda row: standing[row.pk].themes)
    by_phase = _by_word(words["phases"], methods, lambda row: standing[row.pk].phases)
    charts = [
        _split_chart("tema", _("Metoder og værktøjer efter tema"), _("Tema"), by_theme, SEVERAL),
        _split_chart("fase", _("Metoder og værktøjer efter fase"), _("Fase"), by_phase, SEVERAL),
        _main_themes(words["themes"], projects, standing),
        _documentation(methods),
        _most_used(methods, uses),
    ]
    return {
        "figures": _figures(rows, projects, methods, uses),
        "charts": [chart for chart in charts if any(bar.value for bar in chart.bars)],
        "growth": _growth({row.place for row in projects}),
        "counts": [(row, _day(row.when)) for row in page.counts.all()],
        "sources": page.sources.all(),
    }


def _rows():
    """The pages that are counted: methods, tools, projects and publications, in one query."""
    pages = listed(MethodPage, ToolPage, ProjectPage, PublicationPage).annotate(
        documentation=Coalesce(F("methodpage__documentation"), F("toolpage__documentation"), Value("")),
        place=F("projectpage__municipality"),
        method_id=F("methodpage__pk"),
        tool_id=F("toolpage__pk"),
    )
    rows = list(pages.order_by("sort_key"))
    for row in rows:
        row.is_method, row.is_tool, row.is_project = bool(row.method_id), bool(row.tool_id), bool(row.place)
    return rows


def _figures(rows, projects, methods, uses):
    tools = sum(row.is_tool for row in methods)
    publications = len(rows) - len(projects) - len(methods)
    places = len({place for _method, place in uses})
    open_pages = open_to_all(Page.objects.all()).values("pk")
    sources = Source.objects.filter(page__in=open_pages).aggregate(number=Count("url", distinct=True))["number"]
    split = _("%(methods)s metoder og %(tools)s værktøjer") % {"methods": len(methods) - tools, "tools": tools}
    used = ngettext("i %(number)s kommune", "i %(number)s kommuner", places) % {"number": places}
    return [
        Figure(len(projects), ngettext("projekt er dokumenteret her", "projekter er dokumenteret her", len(projects))),
        Figure(len(methods), ngettext("metode eller værktøj", "metoder og værktøjer", len(methods)), split),
        Figure(len(uses), ngettext("gang er de brugt", "gange er de brugt", len(uses)), used),
        Figure(publications, ngettext("publikation", "publikationer", publications)),
        Figure(sources, ngettext("kilde", "forskellige kilder", sources)),
    ]


def _split(label, rows, ground=""):
    tools = sum(row.is_tool for row in rows)
    return Bar(label, len(rows), (len(rows) - tools, tools, len(rows)), ground)


def _split_chart(key, title, head, bars, note=""):
    return Chart(key, title, (head, _("Metoder"), _("Værktøjer"), _("I alt")), bars, note)


def _by_word(words, methods, standing_of):
    under = defaultdict(list)
    for row in methods:
        for word in standing_of(row):
            under[word.slug].append(row)
    return [_split(word.title, under[word.slug], word.mark) for word in words]


def _main_themes(words, projects, standing):
    number = defaultdict(int)
    for row in projects:
        main = next((theme.slug for theme in standing[row.pk].themes if theme.is_main), "")
        number[main] += 1
    bars = [Bar(word.title, number[word.slug], ground=word.mark) for word in words]
    if number[""]:
        bars.append(Bar(_("Hovedtema ikke oplyst"), number[""]))
    note = _("Hovedtemaet er læst eller afledt. Hvad det bygger på, står på hvert projekt.")
    return Chart("hovedtema", _("Projekter efter hovedtema"), (_("Hovedtema"), _("Projekter")), bars, note)


def _documentation(methods):
    at = defaultdict(list)
    for row in methods:
        at[row.documentation].append(row)
    bars = [_split(str(label), at[value]) for value, label in Documentation.choices]
    return _split_chart("dokumentation", _("Hvor godt er brugen dokumenteret?"), _("Dokumentation"), bars)


def _most_used(methods, uses):
    users = defaultdict(set)
    for method, place in uses:
        users[method].add(place)
    rows = sorted(methods, key=lambda row: -len(users[row.pk]))
    bars = [Bar(row.title, len(users[row.pk]), url=row.url) for row in rows if len(users[row.pk]) >= MANY_USERS]
    note = _("Dem, der er brugt i mindst %(number)s kommuner.") % {"number": MANY_USERS}
    return Chart("mest-brugt", _("Brugt i flest kommuner"), (_("Metode eller værktøj"), _("Kommuner")), bars, note)


def _growth(with_project):
    rows = [row for row in Municipality.objects.all() if row.growth is not None]
    return Growth(sorted(rows, key=lambda row: (row.growth, row.sort_key)), with_project) if rows else None


def _day(when):
    try:
        return date.fromisoformat(when)
    except ValueError:
        return None
