"""Read the campaign's files, and stop at the first look if something in them is broken.

Every record remembers where it stands, so that a fault is named by file, line and field.
"""

import json
from dataclasses import dataclass, replace
from datetime import date
from json import scanner
from json.decoder import JSONDecoder, JSONObject
from pathlib import Path


class Record(dict):
    """A JSON object that knows its file, the line it begins on and the line of each of its fields."""

    file = ""
    line = 0
    lines: dict

    def line_of(self, field):
        return self.lines.get(field, self.line)


@dataclass(frozen=True)
class Fault:
    file: str
    line: int
    field: str
    message: str

    def __str__(self):
        where = f"{self.file}, linje {self.line}"
        return f"{where}, felt »{self.field}«: {self.message}" if self.field else f"{where}: {self.message}"


class BrokenFile(Exception):
    """The files cannot be loaded. `faults` names each reason; nothing has been written."""

    def __init__(self, faults):
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


class _PositionedDecoder(JSONDecoder):
    """Python's own JSON reader, told to keep the place of each object."""

    def __init__(self, file):
        super().__init__()
        self.file = file
        self.parse_object = self._object
        self.scan_once = scanner.py_make_scanner(self)

    def _object(self, s_and_end, strict, scan_once, object_hook, pairs_hook, memo):
        text, start = s_and_end
        pairs, end = JSONObject(s_and_end, strict, scan_once, None, list, memo)
        record = Record(pairs)
        record.file = self.file
        record.line = text.count("\n", 0, start) + 1
        record.lines, place = {}, start
        for name, _value in pairs:
            found = text.find(json.dumps(name, ensure_ascii=False), place, end)
            if found >= 0:
                record.lines[name] = text.count("\n", 0, found) + 1
        return record, end


def read_json(path: Path):
    """Return the content of `path` with Records for objects. Raises BrokenFile if it is missing or no JSON."""
    try:
        return _PositionedDecoder(path.name).decode(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BrokenFile([Fault(path.name, 0, "", "Filen findes ikke.")]) from error
    except UnicodeDecodeError as error:
        raise BrokenFile([Fault(path.name, 0, "", "Filen er ikke skrevet i UTF-8.")]) from error
    except json.JSONDecodeError as error:
        raise BrokenFile([Fault(path.name, error.lineno, "", f"Filen er ikke gyldig JSON ({error.msg}).")]) from error


@dataclass(frozen=True)
class Kind:
    """What may stand in a field. `inside` is the kind of what it holds: of each item, or by the name of a field."""

    types: tuple
    name: str
    inside: object = None
    may_be_null: bool = False
    may_be_missing: bool = False


TEXT = Kind((str,), "en tekst")
NUMBER = Kind((int, float), "et tal")
FLAG = Kind((bool,), "sand eller falsk")
ANY = Kind((object,), "noget")


def list_of(kind):
    return Kind((list,), "en liste", kind)


def record(**fields):
    return Kind((dict,), "et objekt", fields)


def map_of(kind):
    return Kind((dict,), "et objekt", kind)


def or_null(kind):
    return replace(kind, may_be_null=True)


def or_none(kind):
    return replace(kind, may_be_null=True, may_be_missing=True)


def check(file, value, kind, faults, line=1, field=""):
    """Hold `value` against `kind`, all the way in. Faults are added to `faults` with line and field."""
    line = getattr(value, "line", line)
    if value is None and kind.may_be_null:
        return
    if not isinstance(value, kind.types) or (kind is not FLAG and kind is not ANY and isinstance(value, bool)):
        found = "Feltet må ikke være tomt (null)." if value is None else f"Der skal stå {kind.name}."
        faults.append(Fault(file, line, field, found))
    elif isinstance(value, str) and kind.types == (str,) and not kind.may_be_null and not value.strip():
        faults.append(Fault(file, line, field, "Teksten er tom."))
    elif isinstance(value, list):
        for item in value:
            check(file, item, kind.inside, faults, line, field)
    elif isinstance(value, dict) and isinstance(kind.inside, dict):
        for name, part in kind.inside.items():
            if name in value:
                check(file, value[name], part, faults, value.line_of(name), name)
            elif not part.may_be_missing:
                faults.append(Fault(file, value.line, name, "Feltet mangler."))
    elif isinstance(value, dict) and kind.inside:
        for name, part in value.items():
            check(file, part, kind.inside, faults, value.line_of(name), name)


def check_known(file, records, field, known, faults):
    """Every value of `field` (one or a list) must be among `known`."""
    for found in records:
        value = found.get(field)
        for name in value if isinstance(value, list) else [value] if value else []:
            if name not in known:
                faults.append(Fault(file, found.line_of(field), field, f"»{name}« findes ikke."))


def check_once(file, records, field, faults):
    seen = set()
    for found in records:
        if found.get(field) in seen:
            faults.append(Fault(file, found.line_of(field), field, f"»{found.get(field)}« står her to gange."))
        seen.add(found.get(field))


TEXTS = list_of(TEXT)
TITLED = record(slug=TEXT, title=TEXT)
MUNICIPALITY = record(
    code=TEXT,
    name=TEXT,
    region=TEXT,
    population_2014=or_null(NUMBER),
    population_2023=or_null(NUMBER),
    area_km2=or_null(NUMBER),
    lat=or_null(NUMBER),
    lon=or_null(NUMBER),
    yderomraade_2014_2020=FLAG,
)
METHOD = record(
    slug=TEXT,
    title=TEXT,
    title_en=or_null(TEXT),
    kind=TEXT,
    themes=TEXTS,
    phases=TEXTS,
    gist_da=TEXT,
    gist_en=or_null(TEXT),
    evidence=TEXT,
    used_by=TEXTS,
    sources=TEXTS,
)
PROJECT = record(
    municipality=TEXT,
    code=TEXT,
    title=TEXT,
    title_is_descriptive=FLAG,
    publication_title=or_null(TEXT),
    kind=TEXT,
    kind_basis=or_null(TEXT),
    themes=TEXTS,
    main_theme=or_null(TEXT),
    main_theme_basis=or_null(TEXT),
    challenge=TEXT,
    goal=or_null(TEXT),
    results=TEXTS,
    methods=TEXTS,
    grant_dkk=or_null(NUMBER),
    grant_basis=or_null(TEXT),
    adviser=or_null(TEXT),
    adviser_note=or_null(TEXT),
    period=or_null(TEXT),
    period_basis=or_null(TEXT),
    participation_evidence=or_null(TEXT),
    sources=TEXTS,
)
PUBLICATION = record(
    slug=TEXT,
    title=or_null(TEXT),
    type=TEXT,
    year=or_null(NUMBER),
    year_basis=or_none(TEXT),
    author=or_none(TEXT),
    publisher=or_none(TEXT),
    isbn=or_none(TEXT),
    print_run=or_none(NUMBER),
    gist_da=TEXT,
    gist_en=or_none(TEXT),
    used_by=TEXTS,
    sources=TEXTS,
)
CAMPAIGN = record(
    former_name=TEXT,
    aim=TEXT,
    partners=TEXTS,
    earlier_partners=TEXTS,
    focus_areas=TEXTS,
    period=record(start=TEXT, start_basis=TEXT, end=TEXT, projects=TEXT),
    budget_dkk=or_null(NUMBER),
    cofinancing_dkk=or_null(NUMBER),
    cofinancing_basis=TEXT,
    max_grant_dkk=or_null(NUMBER),
    max_grant_share_pct=or_null(NUMBER),
    grant_use=TEXT,
    project_counts=list_of(record(count=NUMBER, kind=TEXT, when=or_null(TEXT), source=TEXT)),
    count_note=TEXT,
    themes=list_of(TITLED),
    phases=list_of(TITLED),
    eligibility=TEXT,
    selection_criteria=TEXTS,
    network=record(format=TEXT, meetings_note=TEXT),
    follow_up=TEXT,
    sources=TEXTS,
)
FACTS = record(
    campaign=CAMPAIGN,
    municipalities=list_of(MUNICIPALITY),
    municipalities_sources=record(population=TEXT, area=TEXT, yderomraade=TEXT),
    projects=list_of(PROJECT),
    methods=list_of(METHOD),
    publications=list_of(PUBLICATION),
)
READ_WORDS = list_of(record(slug=TEXT, reason=TEXT))
READING = record(challenges=READ_WORDS, target_groups=READ_WORDS, tags=list_of(record(name=TEXT, reason=TEXT)))
WORDS = list_of(record(slug=TEXT, title=TEXT, description=TEXT))
CLASSIFICATION = record(challenges=WORDS, target_groups=WORDS, methods=map_of(READING), projects=map_of(READING))
USES = list_of(
    record(
        method=TEXT,
        municipality=TEXT,
        how_used=or_null(TEXT),
        how_used_basis=or_none(TEXT),
        what_changed=or_null(TEXT),
        how_it_went=or_null(TEXT),
        how_it_went_basis=or_none(TEXT),
        year=or_null(NUMBER),
        year_basis=or_none(TEXT),
    )
)
GUIDANCE = record(
    slug=TEXT,
    purpose=TEXT,
    when=TEXT,
    when_not=TEXT,
    steps=list_of(record(title=TEXT, text=TEXT, duration=or_null(TEXT), who=or_null(TEXT), sheet=or_none(TEXT))),
    people_needed=TEXT,
    weeks_from=NUMBER,
    weeks_to=NUMBER,
    cost_level=TEXT,
    conditions=TEXT,
)
STORY = record(
    slug=TEXT,
    title=TEXT,
    summary=TEXT,
    municipality=TEXT,
    project=or_null(TEXT),
    period=or_null(TEXT),
    paragraphs=list_of(record(heading=or_null(TEXT), text=TEXT, sources=TEXTS)),
    pull_facts=list_of(record(figure=TEXT, text=TEXT, source=TEXT)),
    unknown=TEXTS,
)
SHEETS = list_of(record(file=TEXT, title=TEXT, tool=TEXT, version=TEXT, description=TEXT, preview=TEXTS))
LINKS = list_of(record(label=TEXT, path=TEXT))
PAGES = record(
    pages=list_of(
        record(
            slug=TEXT,
            type=TEXT,
            title=TEXT,
            summary=TEXT,
            date=or_none(TEXT),
            blocks=list_of(list_of(ANY)),
            sources=or_none(TEXTS),
        )
    ),
    menu=LINKS,
    footer=list_of(record(heading=TEXT, links=LINKS)),
    texts=map_of(or_null(TEXT)),
)


@dataclass
class Campaign:
    """All that is loaded, read and found whole."""

    folder: Path
    facts: Record
    classification: Record
    uses: list
    guidance: dict
    stories: list
    sheets: list
    pages: Record


def read_campaign(folder: Path) -> Campaign:
    """Read `folder` (site/demo). Raises BrokenFile with every fault found; never returns half of it."""
    wanted = {
        "campaign.json": FACTS,
        "classification.json": CLASSIFICATION,
        "uses.json": USES,
        "files/files.json": SHEETS,
        "pages.json": PAGES,
        **{f"guidance/{path.name}": GUIDANCE for path in sorted((folder / "guidance").glob("*.json"))},
        **{f"stories/{path.name}": STORY for path in sorted((folder / "stories").glob("*.json"))},
    }
    faults, files = [], {}
    for name, kind in wanted.items():
        files[name] = read_json(folder / name)
        check(Path(name).name, files[name], kind, faults)
    if faults:
        raise BrokenFile(faults)
    campaign = Campaign(
        folder,
        files["campaign.json"],
        files["classification.json"],
        files["uses.json"],
        {found["slug"]: found for name, found in files.items() if name.startswith("guidance/")},
        [found for name, found in files.items() if name.startswith("stories/")],
        files["files/files.json"],
        files["pages.json"],
    )
    _check_facts(campaign.facts, faults)
    _check_references(campaign, files, faults)
    _check_pages(campaign.pages, faults)
    if faults:
        raise BrokenFile(faults)
    return campaign


def _check_facts(facts, faults):
    file = "campaign.json"
    for name, field in (
        ("municipalities", "code"),
        ("methods", "slug"),
        ("projects", "code"),
        ("publications", "slug"),
        ("events", "slug"),
    ):
        check_once(file, facts[name], field, faults)
    names = {place["name"] for place in facts["municipalities"]}
    themes = {theme["slug"] for theme in facts["campaign"]["themes"]}
    phases = {phase["slug"] for phase in facts["campaign"]["phases"]}
    slugs = {method["slug"] for method in facts["methods"]}
    check_known(file, facts["methods"], "kind", {"method", "tool"}, faults)
    check_known(file, facts["methods"], "evidence", {"named", "described"}, faults)
    check_known(file, facts["methods"], "themes", themes, faults)
    check_known(file, facts["methods"], "phases", phases, faults)
    check_known(file, facts["methods"], "used_by", names, faults)
    check_known(file, facts["projects"], "municipality", names, faults)
    check_known(file, facts["projects"], "code", {place["code"] for place in facts["municipalities"]}, faults)
    check_known(file, facts["projects"], "kind", {"strategiprojekt", "pilotprojekt"}, faults)
    check_known(file, facts["projects"], "themes", themes, faults)
    check_known(file, facts["projects"], "main_theme", themes, faults)
    check_known(file, facts["projects"], "methods", slugs, faults)
    check_known(file, facts["publications"], "used_by", names, faults)
    _check_date(file, facts["campaign"]["period"], "start", faults)


def _check_references(campaign, files, faults):
    slugs = {method["slug"] for method in campaign.facts["methods"]}
    codes = {place["code"] for place in campaign.facts["municipalities"]}
    projects = {project["code"] for project in campaign.facts["projects"]}
    sheets = {sheet["file"] for sheet in campaign.sheets}
    check_known("uses.json", campaign.uses, "method", slugs, faults)
    check_known("uses.json", campaign.uses, "municipality", codes, faults)
    check_known("files.json", campaign.sheets, "tool", slugs, faults)
    on_disk = {path.name for path in (campaign.folder / "files").iterdir()}
    check_known("files.json", campaign.sheets, "file", on_disk, faults)
    for name, found in files.items():
        file = Path(name).name
        if name.startswith("guidance/"):
            check_known(file, [found], "slug", slugs, faults)
            check_known(file, [found], "cost_level", {"low", "medium", "high"}, faults)
            check_known(file, found["steps"], "sheet", sheets, faults)
        elif name.startswith("stories/"):
            check_known(file, [found], "municipality", codes, faults)
            check_known(file, [found], "project", projects, faults)
    reading = campaign.classification
    for group, keys in (("methods", slugs), ("projects", codes)):
        for key, words in reading[group].items():
            if key not in keys:
                where = reading[group].line_of(key)
                faults.append(Fault("classification.json", where, key, "Findes ikke i campaign.json."))
            for vocabulary in ("challenges", "target_groups"):
                known = {word["slug"] for word in reading[vocabulary]}
                check_known("classification.json", words[vocabulary], "slug", known, faults)


def _check_pages(pages, faults):
    file = "pages.json"
    check_known(file, pages["pages"], "type", {"information", "section", "news"}, faults)
    for page in pages["pages"]:
        if any(len(block) != 2 or not isinstance(block[0], str) for block in page["blocks"]):
            faults.append(Fault(file, page.line_of("blocks"), "blocks", "En blok er en slags og et indhold."))
        if page["type"] == "news":
            _check_date(file, page, "date", faults)


def _check_date(file, found, field, faults):
    try:
        date.fromisoformat(found.get(field) or "")
    except ValueError:
        faults.append(Fault(file, found.line_of(field), field, "Der skal stå en dato, fx 2016-04-19."))
