"""docs/addresses.md tells the truth: addresses, choices in lists, commands, exit codes, environment."""

import re
from argparse import _SubParsersAction
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.management import BaseCommand, load_command_class
from django.http import QueryDict
from django.test import RequestFactory
from django.urls import Resolver404, URLPattern, get_resolver, resolve

from tests.factories import TagFactory

ROOT = settings.ROOT
PACKAGES = ("accounts", "cases", "config", "content", "danish", "home", "methods", "network", "search", "taxonomy")
PAGE = (ROOT / "docs" / "addresses.md").read_text(encoding="utf-8")
SAMPLES = {
    "slug": "lemvig",
    "service": "linkedin",
    "path": "images/havn.jpg",
    "pk": "12",
    "thread_slug": "en-traad",
    "meeting_slug": "et-moede",
    "question": "3",
    "token": "x-1",
    "number": "2",
    "name": "side",
    "act": "skjul",
    "key": "noegle",
    "uidb36": "1a",
}


def section(heading):
    """The text under `heading` (with its number signs), down to the next heading of its level or above."""
    level = heading.split(" ")[0]
    after = PAGE.split(f"\n{heading}\n", 1)
    assert len(after) == 2, f"docs/addresses.md has no heading »{heading}«."
    return re.split(rf"\n#{{1,{len(level)}}} ", after[1])[0]


def table(heading):
    """The rows of the first table under `heading`, as lists of cells."""
    lines = [line for line in section(heading).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def column(heading, number=0):
    return [row[number].strip("`") for row in table(heading)]


def words(cell):
    return set(re.findall(r"`([^`]+)`", cell))


# --- addresses ----------------------------------------------------------------------------------------


def is_ours(module):
    return module.split(".")[0] in PACKAGES


def readable(pattern):
    """A URL pattern as the page writes it: /kommuner/<slug>/."""
    text = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", pattern.lstrip("^").rstrip("$"))
    return "/" + re.sub(r"<\w+:(\w+)>", r"<\1>", text)


def routes(resolver=None, before=""):
    """Every route of ours as (address, name); what others' urlconfs hold is told by its prefix alone."""
    for entry in (resolver or get_resolver()).url_patterns:
        address = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield readable(address), entry.name or ""
        elif is_ours(getattr(entry.urlconf_name, "__name__", str(entry.urlconf_name))):
            yield from routes(entry, address)
        else:
            yield readable(address), ""


def sample(address):
    return re.sub(r"<(\w+)>", lambda found: SAMPLES[found[1]], address)


def documented_routes():
    return [(row[0].strip("`"), row[1].strip("`–")) for row in table("## Routes")]


def test_every_route_stands_on_the_page_and_the_page_names_no_other():
    assert sorted(documented_routes()) == sorted(set(routes()))


@pytest.mark.parametrize(("address", "name"), [route for route in documented_routes() if route[1]])
def test_a_named_route_answers_at_its_address(address, name):
    assert resolve(sample(address)).url_name == name


@pytest.mark.parametrize("address", column("## Reserved"))
def test_a_reserved_address_is_not_ours_yet(address):
    """When it is built, move its row from »Reserved« to »Routes«."""
    try:
        match = resolve(sample(address))
    except Resolver404:
        return
    assert not is_ours(match.func.__module__)


def page_addresses():
    """The addresses of the pages that the loader makes, each list's children as one."""
    from wagtail.models import Page

    from home.loading.plan import HOME, items
    from home.loading.reading import read_campaign

    made = {HOME: "/"}
    addresses = {"/"}
    for item in items(read_campaign(settings.SITE / "demo")):
        if issubclass(item.model, Page) and item.parent in made:
            parent = made[item.parent]
            made[item.key] = f"{parent}{item.fields['slug']}/"
            addresses.add(made[item.key] if parent == "/" else f"{parent}<slug>/")
    return addresses


def test_every_page_of_the_demo_stands_on_the_page_and_the_page_names_no_other():
    assert set(column("## Pages of the demo")) == page_addresses()


# --- what stands in the address of a list -----------------------------------------------------------


def listing_of(address, monkeypatch):
    request = RequestFactory().get(address)
    request.user = AnonymousUser()
    if address == "/soeg/":
        from search import results

        return results.results(request.user, results.read_address(QueryDict("q=landsby")), request)
    if address.startswith("/emneord/"):
        from home import tags

        tag = TagFactory()
        monkeypatch.setattr(tags, "render", lambda _request, _template, context: context)
        monkeypatch.setattr(tags, "get_object_or_404", lambda *_args, **_fields: tag)
        return tags.tag(request, tag.slug)["listing"]
    if address in ("/metoder/", "/vaerktoejer/"):
        from methods import models, reading

        types = {"/metoder/": models.MethodIndexPage, "/vaerktoejer/": models.ToolIndexPage}
        return reading.index_context(types[address], request)["listing"]
    if address in ("/casefortaellinger/", "/projekter/"):
        from cases import models, reading

        types = {"/casefortaellinger/": models.CaseIndexPage, "/projekter/": models.ProjectIndexPage}
        return reading.index_context(types[address], request)["listing"]
    from home import lists

    contexts = {"/publikationer/": lists.publication_index_context, "/nyheder/": lists.news_index_context}
    return contexts[address](None, request)["listing"]


@pytest.mark.django_db
@pytest.mark.parametrize("row", table("## What stands in the address of a list"), ids=lambda row: row[0])
def test_the_choices_and_sorts_of_a_list_are_those_on_the_page(row, monkeypatch):
    address, choices, sorts = row
    listing = listing_of(address.strip("`"), monkeypatch)
    assert words(choices) == {facet.name for facet in listing.facets}
    assert words(sorts) == {sort.name for sort in listing.sorts}
    assert re.match(rf"`{listing.sorts[0].name}`", sorts), "The usual sort stands first."


def test_every_parameter_that_the_code_reads_from_an_address_stands_on_the_page():
    told = words(section("## What stands in the address of a list"))
    for path in sources():
        for name in re.findall(r"(?:params|GET)\.get(?:list)?\(\s*\"(\w+)\"", path.read_text(encoding="utf-8")):
            assert name in told, f"{path.relative_to(ROOT)} reads ?{name}="


# --- commands and environment -----------------------------------------------------------------------


def sources():
    places = [ROOT / name for name in PACKAGES] + [ROOT / "site" / name for name in PACKAGES]
    return [path for place in places if place.is_dir() for path in sorted(place.rglob("*.py"))]


def own_commands():
    return {
        path.stem: path.relative_to(ROOT).parts[-4]
        for path in sources()
        if path.parent.name == "commands" and path.stem != "__init__"
    }


def test_every_word_of_run_stands_on_the_page_and_the_page_names_no_other():
    run = (ROOT / "run").read_text(encoding="utf-8")
    told = {row[0].strip("`").split(" ")[1] for row in table("### `./run`") if " " in row[0]}
    assert told == set(re.findall(r"^  \./run (\w+)", run, re.MULTILINE))


def test_every_exit_code_of_run_stands_on_the_page():
    run = (ROOT / "run").read_text(encoding="utf-8")
    assert set(column("### Exit codes of `./run`")) == set(re.findall(r"\bfail (\d+) ", run))


def test_every_management_command_of_ours_stands_on_the_page_and_the_page_names_no_other():
    assert {name.split(" ")[0] for name in column("### Our commands for `manage.py`")} == set(own_commands())


def options(parser):
    """The options of a command and of its verbs."""
    verbs = [action for action in parser._actions if isinstance(action, _SubParsersAction)]
    own = set(parser._option_string_actions)
    return own.union(*(options(verb) for action in verbs for verb in action.choices.values()))


@pytest.mark.parametrize(("name", "app"), own_commands().items())
def test_every_option_of_a_command_stands_on_the_page(name, app):
    usual = options(BaseCommand().create_parser("manage.py", "nothing"))
    own = options(load_command_class(app, name).create_parser("manage.py", name)) - usual
    row = next(row for row in table("### Our commands for `manage.py`") if row[0].strip("`").startswith(name))
    assert own == set(re.findall(r"--[a-z-]+", row[0]))


def settings_text():
    files = sorted((settings.SITE / "config" / "settings").glob("*.py"))
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def test_every_variable_the_settings_read_stands_on_the_page_and_the_page_names_no_other():
    text = settings_text()
    read = set(re.findall(r"\benv(?:\.\w+)?\(\s*\"(\w+)\"", text))
    read |= set(re.findall(r"os\.environ(?:\.\w+\(|\[)\s*\"(\w+)\"", text))
    assert set(column("### Read by the settings")) == read


@pytest.mark.parametrize("row", table("### Read elsewhere"), ids=lambda row: row[0].strip("`"))
def test_a_variable_read_elsewhere_is_read_where_the_page_says(row):
    name, place = row[0].strip("`"), next(iter(words(row[1])))
    assert name in Path(ROOT, place).read_text(encoding="utf-8")


def test_every_variable_that_run_and_the_tests_read_stands_on_the_page():
    read = set(re.findall(r"\$\{([A-Z][A-Z_]+):-", (ROOT / "run").read_text(encoding="utf-8")))
    read |= set(re.findall(r"environ\.get\(\"(\w+)\"", (ROOT / "tests" / "conftest.py").read_text(encoding="utf-8")))
    assert read <= {*column("### Read by the settings"), *column("### Read elsewhere")}
