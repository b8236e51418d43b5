"""From the campaign's files to the things that are to be there. Nothing is invented on the way.

What a file does not know stays empty, and the page says "Ikke oplyst endnu". What is concluded carries its basis.
"""

from datetime import date
from urllib.parse import urlsplit

from django.template.defaultfilters import linebreaks
from django.utils.html import escape

from cases.models import CaseIndexPage, CaseStoryPage, ProjectIndexPage, ProjectPage
from content.models import File
from danish import danish_to_ascii
from home import models as home
from home.loading.events import events
from home.loading.writing import Item, Many, Ref, Rows, Stream, Upload
from methods.models import MethodIndexPage, MethodPage, ToolIndexPage, ToolPage
from network.models import Municipality, MunicipalityIndexPage
from taxonomy.models import Challenge, Phase, Tag, TargetGroup, Theme

HOME = "side:forside"
FULL_NAMES = {"København": "Københavns Kommune", "Bornholm": "Bornholms Regionskommune"}
GROUNDS = {"differentieret-udvikling": "lyng", "bosaetning": "tegl", "erhverv": "rug", "inddragelse": "eng"}
THEME_WORDS = {
    "differentieret-udvikling": "Byer og egne behandles forskelligt, så hvert sted bruger sine egne styrker.",
    "bosaetning": "At holde på dem, der bor her, og give plads til nye.",
    "erhverv": "Arbejdspladser, der bygger på det, stedet kan.",
    "inddragelse": "Borgere, foreninger og virksomheder er med til at forme planen.",
}
PHASE_WORDS = {
    "kortlaegning": "Find ud af, hvordan det ser ud, og hvorfor.",
    "inddragelse": "Få viden og vilje fra dem, det handler om.",
    "strategi": "Vælg en retning, og vælg noget fra.",
    "forankring": "Sørg for, at nogen ejer planen bagefter.",
}
PUBLISHERS = {
    "paaforkant.dk": "Kampagnen På forkant",
    "realdania.dk": "Realdania",
    "kl.dk": "KL",
    "erhvervsstyrelsen.dk": "Erhvervsstyrelsen",
    "regionalt.erhvervsstyrelsen.dk": "Erhvervsstyrelsen",
    "ft.dk": "Folketinget",
    "frivilligraadet.dk": "Frivilligrådet",
    "cfbo.dk": "CFBO",
    "statistikbanken.dk": "Danmarks Statistik, tabel FOLK1A",
}
FIGURES = {"municipality_figures": "https://www.statistikbanken.dk/FOLK1A"}
PROJECT_KINDS = {"pilotprojekt": "pilot", "strategiprojekt": "supported"}
FEATURED = [
    "lejre-49-bysamfund",
    "lemvig-ikke-alle-steder",
    "thisted-andet-end-flere-borgere",
    "odsherred-vaelger-til-og-fra",
]


def items(campaign):
    """Yield every Item of the campaign, each after those it points at."""
    yield from vocabulary(campaign)
    yield from municipalities(campaign)
    yield from sheets(campaign)
    yield from index_pages(campaign)
    yield from methods(campaign)
    yield from projects(campaign)
    yield from stories(campaign)
    yield from publications(campaign)
    yield from events(campaign)
    yield from plain_pages(campaign)
    yield campaign_page(campaign)
    shown = Rows([{"shown": Ref(f"fortaelling:{slug}")} for slug in FEATURED])
    yield Item(f"{HOME}/fortaellinger", home.HomePage, {"featured": shown}, of=HOME)


def vocabulary(campaign):
    facts, reading = campaign.facts["campaign"], campaign.classification
    for place, theme in enumerate(facts["themes"], start=1):
        extra = {"ground": GROUNDS[theme["slug"]], "description": THEME_WORDS[theme["slug"]]}
        yield _word("tema", Theme, theme, place, extra)
    for place, phase in enumerate(facts["phases"], start=1):
        yield _word("fase", Phase, phase, place, {"description": PHASE_WORDS[phase["slug"]]})
    for place, group in enumerate(reading["target_groups"], start=1):
        yield _word("maalgruppe", TargetGroup, group, place, {"description": group["description"]})
    for place, challenge in enumerate(reading["challenges"], start=1):
        yield _word("udfordring", Challenge, challenge, place, {"description": challenge["description"]})
    names = {
        tag["name"] for group in ("methods", "projects") for word in reading[group].values() for tag in word["tags"]
    }
    for name in sorted(names):
        yield Item(f"emneord:{name}", Tag, {"name": name}, natural=("name",))


def _word(prefix, model, word, place, extra):
    fields = {"slug": word["slug"], "title": word["title"], "sort_order": place, **extra}
    return Item(f"{prefix}:{word['slug']}", model, fields, natural=("slug",))


def municipalities(campaign):
    sources = campaign.facts["municipalities_sources"]
    figures = "\n".join(sources[name] for name in ("population", "area", "yderomraade"))
    for place in campaign.facts["municipalities"]:
        yield Item(
            f"kommune:{place['code']}",
            Municipality,
            {
                "code": place["code"],
                "name": place["name"],
                "full_name": FULL_NAMES.get(place["name"], f"{place['name']} Kommune"),
                "slug": _slug(place["name"]),
                "region": place["region"],
                "population_2014": place["population_2014"],
                "population_2023": place["population_2023"],
                "area_km2": _decimal(place["area_km2"], 1),
                "latitude": _decimal(place["lat"], 4),
                "longitude": _decimal(place["lon"], 4),
                "is_peripheral": place["yderomraade_2014_2020"],
                "figures_source": figures,
            },
            natural=("code",),
        )


def sheets(campaign):
    for sheet in campaign.sheets:
        yield Item(
            f"fil:{sheet['file']}",
            File,
            {
                "title": sheet["title"],
                "file": Upload(campaign.folder / "files" / sheet["file"]),
                "version": sheet["version"],
                "licence": "cc-by-4.0",
                "preview": "\n".join(sheet["preview"]),
            },
        )


def index_pages(campaign):
    number = len(campaign.facts["projects"])
    yield Item(
        HOME,
        home.HomePage,
        {
            "title": "På forkant",
            "slug": "forside",
            "seo_title": f"Metoder fra {number} kommuner – På forkant",
            "summary": (
                f"{len(campaign.facts['methods'])} metoder og værktøjer fra {number} kommuners strategier for byer, "
                "landsbyer og egne uden for de store byer."
            ),
            "kicker": "Viden fra kampagnen På forkant",
            "headline": "Prøvet i en kommune som jeres",
            "suggested_searches": "tomme boliger, landsbyer, borgerdialog, Lemvig",
        },
        parent="side:rod",
    )
    for model, slug, title, summary in (
        (
            MethodIndexPage,
            "metoder",
            "Metoder og værktøjer",
            "En metode er en måde at arbejde på. "
            "Et værktøj er noget, I kan tage i hånden: et kort, en analyse, et katalog.",
        ),
        (
            ToolIndexPage,
            "vaerktoejer",
            "Værktøjer",
            "Kort, analyser, kataloger og skabeloner, som I kan tage i hånden.",
        ),
        (
            CaseIndexPage,
            "casefortaellinger",
            "Casefortællinger og projekter",
            "Fortællinger om, hvordan det gik ét sted, og de projekter, de bygger på.",
        ),
        (ProjectIndexPage, "projekter", "Projekter", f"{number} kommuners strategiprojekter i kampagnen, med kilder."),
        (
            MunicipalityIndexPage,
            "kommuner",
            "Kommuner",
            "Alle 98 kommuner fra A til Å, med tal, projekter og de metoder, de har brugt.",
        ),
        (
            home.MapPage,
            "kort",
            f"{number} projekter på kortet",
            "Vælg en kommune på kortet eller i listen. De to viser det samme.",
        ),
        (
            home.PublicationIndexPage,
            "publikationer",
            "Publikationer",
            "Bøger, planer, analyser og nyheder, der er skrevet i og om kampagnen. Vi viser vej til dem.",
        ),
        (home.NewsIndexPage, "nyheder", "Nyheder", "Hvad der skete i kampagnen, med dato og kilde."),
    ):
        yield Item(
            f"side:{slug}",
            model,
            {"title": title, "slug": slug, "summary": summary},
            parent=HOME,
            natural=("slug",),
        )


def methods(campaign):
    by_file = {sheet["file"]: sheet for sheet in campaign.sheets}
    used_with = {}
    for slug, guide in campaign.guidance.items():
        for step in guide["steps"]:
            if step.get("sheet"):
                used_with.setdefault(by_file[step["sheet"]]["tool"], set()).add(slug)
    kinds = {method["slug"]: method["kind"] for method in campaign.facts["methods"]}
    for method in sorted(campaign.facts["methods"], key=lambda method: method["kind"]):
        slug, is_tool = method["slug"], method["kind"] == "tool"
        fields = {
            "title": method["title"],
            "slug": slug,
            "summary": method["gist_da"],
            "title_en": method["title_en"] or "",
            "summary_en": method["gist_en"] or "",
            "documentation": method["evidence"],
            **_guidance(campaign.guidance.get(slug)),
            **_standing(method["themes"], None, method["phases"], campaign.classification["methods"].get(slug)),
            "sources": _sources(method["sources"]),
        }
        if is_tool:
            fields["used_with"] = Many(
                [Ref(f"metode:{name}") for name in sorted(used_with.get(slug, ())) if kinds[name] == "method"]
            )
            fields["tool_files"] = Rows(
                [
                    {"file": Ref(f"fil:{sheet['file']}"), "note": sheet["description"]}
                    for sheet in campaign.sheets
                    if sheet["tool"] == slug
                ]
            )
        yield Item(
            f"metode:{slug}",
            ToolPage if is_tool else MethodPage,
            fields,
            parent="side:vaerktoejer" if is_tool else "side:metoder",
            natural=("slug",),
            at=method,
        )


def _guidance(guide):
    if not guide:
        return {}
    steps = [
        (
            "step",
            {
                "title": step["title"],
                "text": step["text"],
                "duration": step["duration"] or "",
                "who": step["who"] or "",
                "sheet": Ref(f"fil:{step['sheet']}") if step.get("sheet") else None,
            },
        )
        for step in guide["steps"]
    ]
    return {
        "purpose": guide["purpose"],
        "when_to_use": guide["when"],
        "when_not": guide["when_not"],
        "steps": Stream(steps),
        "guidance_origin": "editors",
        "people_needed": guide["people_needed"],
        "weeks_from": guide["weeks_from"],
        "weeks_to": guide["weeks_to"],
        "cost_level": guide["cost_level"],
        "conditions": guide["conditions"],
    }


def _standing(themes, main_theme, phases, reading):
    """The words a page stands under: themes and phases from the facts, the rest as the editors read it."""
    reading = reading or {"challenges": [], "target_groups": [], "tags": []}
    return {
        "page_themes": Rows([{"term": Ref(f"tema:{slug}"), "is_main": slug == main_theme} for slug in themes]),
        "page_phases": Rows([{"term": Ref(f"fase:{slug}")} for slug in phases]),
        "page_challenges": Rows(
            [{"term": Ref(f"udfordring:{word['slug']}"), "reason": word["reason"]} for word in reading["challenges"]]
        ),
        "page_target_groups": Rows(
            [
                {"term": Ref(f"maalgruppe:{word['slug']}"), "reason": word["reason"]}
                for word in reading["target_groups"]
            ]
        ),
        "tagged_items": Rows(
            [{"tag": Ref(f"emneord:{word['name']}"), "reason": word["reason"]} for word in reading["tags"]]
        ),
    }


def projects(campaign):
    codes = {place["name"]: place["code"] for place in campaign.facts["municipalities"]}
    uses = {(use["municipality"], use["method"]): use for use in campaign.uses}
    for project in campaign.facts["projects"]:
        code = project["code"]
        told = [(code, slug) for slug in project["methods"]]
        told += [
            (code, method["slug"])
            for method in campaign.facts["methods"]
            if code in {codes[name] for name in method["used_by"]} and (code, method["slug"]) not in told
        ]
        title, basis = _project_title(project)
        yield Item(
            f"projekt:{code}",
            ProjectPage,
            {
                "title": title,
                "slug": _slug(project["municipality"]),
                "summary": project["goal"] or project["challenge"],
                "municipality": Ref(f"kommune:{code}"),
                "project_name": "" if project["title_is_descriptive"] else project["title"],
                "title_basis": basis,
                "project_kind": PROJECT_KINDS[project["kind"]],
                "project_kind_basis": project["kind_basis"] or "",
                "main_theme_basis": project["main_theme_basis"] or "",
                "challenge": project["challenge"] or "",
                "goal": project["goal"] or "",
                "grant_dkk": project["grant_dkk"],
                "grant_basis": project["grant_basis"] or "",
                "adviser": project["adviser"] or "",
                "adviser_note": project["adviser_note"] or "",
                "period": project["period"] or "",
                "period_basis": project["period_basis"] or "",
                "participation_basis": project["participation_evidence"] or "",
                "results": Rows([{"text": text} for text in project["results"]]),
                "method_uses": Rows([_use(uses.get(pair), *pair) for pair in told]),
                **_standing(
                    project["themes"], project["main_theme"], [], campaign.classification["projects"].get(code)
                ),
                "sources": _sources(project["sources"]),
            },
            parent="side:projekter",
            natural=("slug",),
            at=project,
        )


def _project_title(project):
    if project["publication_title"]:
        return project["publication_title"], "Titlen er fra publikationen Kommuner på forkant (2017)."
    if project["title_is_descriptive"]:
        return project["title"], "Titlen er beskrivende: projektets eget navn er ikke fundet."
    return project["title"], ""


def _use(use, code, slug):
    use = use or {}
    basis = [use.get("how_used_basis"), use.get("how_it_went_basis"), use.get("year_basis")]
    return {
        "method": Ref(f"metode:{slug}"),
        "municipality": Ref(f"kommune:{code}"),
        "year": use.get("year"),
        "how_used": use.get("how_used") or "",
        "what_changed": use.get("what_changed") or "",
        "how_it_went": use.get("how_it_went") or "",
        "basis": "; ".join(dict.fromkeys(part for part in basis if part))[:500],
    }


def stories(campaign):
    projects = {project["code"]: project for project in campaign.facts["projects"]}
    for story in campaign.stories:
        project = projects.get(story["project"])
        urls = [_address(source) for part in story["paragraphs"] for source in part["sources"]]
        reading = campaign.classification["projects"].get(story["project"])
        yield Item(
            f"fortaelling:{story['slug']}",
            CaseStoryPage,
            {
                "title": story["title"],
                "slug": story["slug"],
                "summary": story["summary"],
                "municipality": Ref(f"kommune:{story['municipality']}"),
                "project": Ref(f"projekt:{story['project']}") if project else None,
                "period": story["period"] or "",
                "body": Stream(_story_blocks(story)),
                "unknown": "\n".join(story["unknown"]),
                **_standing(
                    project["themes"] if project else [], project["main_theme"] if project else None, [], reading
                ),
                "sources": _sources(dict.fromkeys(urls)),
            },
            parent="side:casefortaellinger",
            natural=("slug",),
            at=story,
        )


def _story_blocks(story):
    blocks = []
    for number, part in enumerate(story["paragraphs"]):
        if part["heading"]:
            blocks.append(("heading", part["heading"]))
        urls = [_address(source) for source in part["sources"]]
        blocks.append(("paragraph", {"text": _rich(part["text"]), "sources": urls}))
        if number == 0 and story["pull_facts"]:
            facts = [
                {
                    "figure": fact["figure"],
                    "text": fact["text"],
                    "source": _address(fact["source"]),
                }
                for fact in story["pull_facts"]
            ]
            blocks.append(("facts", {"facts": facts}))
    return blocks


def publications(campaign):
    codes = {place["name"]: place["code"] for place in campaign.facts["municipalities"]}
    for publication in campaign.facts["publications"]:
        title = publication["title"] or _untitled(publication)
        themes = [slug for slug in GROUNDS if publication["slug"] == f"ekspertartikel-{slug}"]
        yield Item(
            f"publikation:{publication['slug']}",
            home.PublicationPage,
            {
                "title": title,
                "slug": publication["slug"],
                "summary": publication["gist_da"],
                "summary_en": publication.get("gist_en") or "",
                "publication_type": publication["type"].capitalize(),
                "title_basis": "" if publication["title"] else "Titlen er ikke fundet: overskriften er vores egen.",
                "author": publication.get("author") or "",
                "publisher": publication.get("publisher") or "",
                "year": publication["year"],
                "year_basis": publication.get("year_basis") or "",
                "isbn": publication.get("isbn") or "",
                "print_run": publication.get("print_run"),
                "about": Rows([{"municipality": Ref(f"kommune:{codes[name]}")} for name in publication["used_by"]]),
                "page_themes": Rows([{"term": Ref(f"tema:{slug}"), "is_main": True} for slug in themes]),
                "sources": _sources(publication["sources"]),
            },
            parent="side:publikationer",
            natural=("slug",),
            at=publication,
        )


def _untitled(publication):
    theme = publication["slug"].removeprefix("ekspertartikel-")
    return f"Ekspertartikel om {theme}" if theme != publication["slug"] else publication["slug"]


PAGE_TYPES = {"information": home.InformationPage, "section": home.SectionPage, "news": home.NewsPage}


def plain_pages(campaign):
    for page in campaign.pages["pages"]:
        model = PAGE_TYPES[page["type"]]
        fields = {
            "title": page["title"],
            "slug": page["slug"],
            "summary": page["summary"],
            "body": Stream([_block(kind, content) for kind, content in page["blocks"]]),
            "sources": _sources(page.get("sources") or []),
        }
        if page["type"] == "news":
            fields["published_on"] = date.fromisoformat(page["date"])
        parent = "side:nyheder" if page["type"] == "news" else HOME
        yield Item(f"side:{page['slug']}", model, fields, parent=parent, natural=("slug",), at=page)


def _block(kind, content):
    if kind == "paragraph" and isinstance(content, str):
        return kind, {"text": content, "sources": []}
    return kind, content


def campaign_page(campaign):
    facts = campaign.facts["campaign"]
    number = len(campaign.facts["projects"])
    return Item(
        "side:kampagnen",
        home.CampaignPage,
        {
            "title": "Kampagnen På forkant",
            "slug": "kampagnen",
            "summary": facts["aim"],
            "former_name": facts["former_name"],
            "aim": facts["aim"],
            "focus_areas": "\n".join(facts["focus_areas"]),
            "partners": "\n".join(facts["partners"]),
            "earlier_partners": "\n".join(facts["earlier_partners"]),
            "period": f"{_danish_date(facts['period']['start'])} – {facts['period']['end']}",
            "period_basis": f"Begyndelsen er {facts['period']['start_basis']}.",
            "projects_period": facts["period"]["projects"],
            "budget_dkk": facts["budget_dkk"],
            "cofinancing_dkk": facts["cofinancing_dkk"],
            "cofinancing_basis": facts["cofinancing_basis"],
            "max_grant_dkk": facts["max_grant_dkk"],
            "max_grant_share_pct": facts["max_grant_share_pct"],
            "grant_use": facts["grant_use"],
            "eligibility": facts["eligibility"],
            "selection_criteria": "\n".join(facts["selection_criteria"]),
            "network_note": f"{facts['network']['format'].capitalize()}. {facts['network']['meetings_note']}",
            "follow_up": facts["follow_up"],
            "count_headline": f"26 ifølge Erhvervsstyrelsen og KL, {number} dokumenteret her",
            "count_note": facts["count_note"],
            "counts": Rows(
                [
                    {"count": row["count"], "what": row["kind"], "when": row["when"] or "", "source": row["source"]}
                    for row in facts["project_counts"]
                ]
            ),
            "sources": _sources(facts["sources"]),
        },
        parent=HOME,
        natural=("slug",),
        at=facts,
    )


def _sources(urls):
    return Rows([{"url": url, "publisher": PUBLISHERS.get(_host(url), "")} for url in urls])


def _address(source):
    """A story names an address, or the figures of the municipality, whose address is the same for all."""
    return FIGURES.get(source, source)


def _host(url):
    return urlsplit(url).netloc.removeprefix("www.")


def _slug(name):
    return danish_to_ascii(name).replace(" ", "-")


def _decimal(number, places):
    return None if number is None else f"{number:.{places}f}"


def _rich(text):
    return linebreaks(escape(text))


def _danish_date(iso):
    months = [
        "januar",
        "februar",
        "marts",
        "april",
        "maj",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "december",
    ]
    day = date.fromisoformat(iso)
    return f"{day.day}. {months[day.month - 1]} {day.year}"
