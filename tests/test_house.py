"""What must hold of the house, and what no other test would miss when it is lost."""

import os
import re
import subprocess
import sys
import tomllib
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from django.template.base import Lexer, TokenType
from wagtail.models import Page

from content import checks
from content.models import BasePage

ROOT = settings.ROOT
TEMPLATES = ROOT / "templates"
FLOORS = [
    {"danish"},
    {"content", "taxonomy", "accounts"},
    {"network"},
    {"methods"},
    {"cases"},
    {"home", "search"},
    {"config"},
]
LEVELS = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}
GROUND = "content"
LEFT_OUT = {".git", ".venv", "var", "__pycache__", "node_modules"}


def files(*endings):
    for folder, below, names in os.walk(ROOT):
        below[:] = [name for name in below if name not in LEFT_OUT and not name.startswith(".")]
        yield from (Path(folder, name) for name in sorted(names) if name.endswith(endings))


def python_of_ours():
    places = [ROOT / room for room in LEVELS] + [ROOT / "site" / room for room in LEVELS]
    return [path for place in places if place.is_dir() for path in sorted(place.rglob("*.py"))]


def templates():
    return sorted(path for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".txt", ".xml", ".svg"})


def name_of(path):
    return path.relative_to(ROOT).as_posix()


# --- the floors: imports ----------------------------------------------------------------------------


def test_imports_run_down():
    answer = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "site")]),
            "PYTHONIOENCODING": "utf-8",
        },
        capture_output=True,
        encoding="utf-8",
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "1 kept, 0 broken" in answer.stdout


def test_every_package_stands_on_a_floor_of_the_contract():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    contract = tomllib.loads(text)["tool"]["importlinter"]
    packages = {path.parent.name for place in (ROOT, ROOT / "site") for path in place.glob("*/__init__.py")} - {
        "tests"
    }
    floors = [set(re.split(r"\s*\|\s*", layer)) for layer in contract["contracts"][0]["layers"]]
    assert set(contract["root_packages"]) == packages == set().union(*floors)
    assert floors[::-1] == FLOORS


LABEL = re.compile(rf"[\"']({'|'.join(LEVELS)})\.[A-Z]\w+[\"']")


def test_no_room_names_a_class_of_a_floor_above_in_a_string():
    """What imports may not do, a name in a string may not do either."""
    found = []
    for path in python_of_ours():
        if "migrations" in path.parts:
            continue
        room = next(part for part in path.relative_to(ROOT).parts if part in LEVELS)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if any(LEVELS[above] > LEVELS[room] for above in LABEL.findall(line)):
                found.append(f"{name_of(path)}:{number}: {line.strip()}")
    assert not found, "\n".join(found)


# --- the floors: templates --------------------------------------------------------------------------


def libraries():
    """The room of each of our own tag libraries."""
    return {
        path.stem: path.parent.parent.name
        for path in python_of_ours()
        if path.parent.name == "templatetags" and path.stem != "__init__"
    }


def room_of_template(name):
    """The room of a template by its folder; shell, components, blocks and errors are the ground's."""
    folder = name.split("/")[0] if "/" in name else ""
    return folder if folder in LEVELS else GROUND


def reaches_up(room, other):
    """Does `room` lean on a room above it, or on its neighbour on the same floor? The ground is one room here."""
    if LEVELS[room] == LEVELS[other] == LEVELS[GROUND]:
        return False
    return LEVELS[other] > LEVELS[room] or (LEVELS[other] == LEVELS[room] and room != other)


def leans(text):
    """Yield (what is named, its room) for each of our libraries and templates that a template names literally."""
    own = libraries()
    for token in Lexer(text).tokenize():
        if token.token_type != TokenType.BLOCK:
            continue
        word, *rest = token.split_contents() or [""]
        if word == "load":
            names = rest[rest.index("from") + 1 :] if "from" in rest else rest
            yield from ((name, own[name]) for name in names if name in own)
        elif word in {"include", "extends"}:
            for literal in re.findall(r"[\"']([\w/.-]+\.(?:html|txt|xml|svg))[\"']", token.contents):
                yield literal, room_of_template(literal)


def faults_of_floor(name, text):
    room = room_of_template(name)
    return [f"{name} ({room}): {what} ({other})" for what, other in leans(text) if reaches_up(room, other)]


def test_no_template_leans_on_a_floor_above():
    found = []
    for path in templates():
        found += faults_of_floor(path.relative_to(TEMPLATES).as_posix(), path.read_text(encoding="utf-8"))
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("name", "text", "is_fault"),
    [
        ("components/made_up.html", "{% load map_tags %}", True),
        ("components/made_up.html", "{% load country_map from map_tags %}", True),
        ("components/made_up.html", "{% load i18n content_tags %}", False),
        ("network/made_up.html", '{% include "methods/use.html" with use=use only %}', True),
        ("network/made_up.html", '{% include row|default:"cases/fact.html" %}', True),
        ("cases/made_up.html", '{% include "methods/use.html" %}{% load map_tags %}', False),
        ("base.html", '{% extends "home/home_page.html" %}', True),
        ("home/made_up.html", '{% include "search/tag.html" %}', True),
        ("home/made_up.html", '{% extends "base.html" %}', False),
    ],
)
def test_the_test_of_templates_tells_up_from_down(name, text, is_fault):
    assert bool(faults_of_floor(name, text)) is is_fault


# --- where things stand -----------------------------------------------------------------------------


def test_site_is_a_folder_and_not_a_package():
    assert not (ROOT / "site" / "__init__.py").exists()


DRAWERS = {"utils", "util", "common", "core", "helpers", "misc", "services"}


def test_there_are_no_drawers():
    found = []
    for path in files(".py", ".html", ".css", ".js"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found += [name_of(path)] if DRAWERS & set(parts) else []
    assert not found


# --- what no page of ours holds ---------------------------------------------------------------------

IN_PYTHON = {
    "mark_safe": r"\bmark_safe\b",
    "format_html with an f-string": r"format_html\(\s*f[\"']",
    "csrf_exempt": r"\bcsrf_exempt\b",
    ".raw(": r"\.raw\(",
    ".extra(": r"\.extra\(",
    "urlize": r"\burlize\b",
    "**request": r"\*\*request\.",
}
IN_TEMPLATES = {
    "|safe": r"\|\s*safe(?:seq)?\b",
    "autoescape off": r"autoescape\s+off",
    "|urlize": r"\|\s*urlize",
    "csrf_exempt": r"csrf_exempt",
    "a style attribute": r"\sstyle\s*=",
    "an inline <style>": r"<style\b",
    "an inline <script>": r"<script\b(?![^>]*\bsrc=)",
    "a handler in an attribute": r"<[^>]*\son[a-z]+\s*=",
    "another host": r"(?:src|srcset|action)=[\"'](?:https?:)?//",
}


def holds(patterns, text):
    return [name for name, pattern in patterns.items() if re.search(pattern, text)]


# RFC 8058: the POST of a mail program has no cookie and no form of ours; the signature in its address stands for both.
BY_SIGNATURE = {"site/accounts/stop_views.py": ["csrf_exempt"]}


def test_no_code_of_ours_goes_round_djangos_guards():
    found = {name_of(path): holds(IN_PYTHON, path.read_text(encoding="utf-8")) for path in python_of_ours()}
    assert {path: names for path, names in found.items() if names} == BY_SIGNATURE


def test_no_template_holds_raw_markup_inline_style_or_inline_script():
    """Mail alone may carry style of its own: mail programs know no stylesheets."""
    found = {
        name_of(path): holds(IN_TEMPLATES, without_comments(path.read_text(encoding="utf-8")))
        for path in templates()
        if "emails" not in path.parts
    }
    assert not {path: names for path, names in found.items() if names}


INCLUDE = re.compile(r'{% include "([^"]+)"([^%]*)%}')


def test_a_form_that_is_included_alone_is_given_its_token():
    """`only` leaves out what the request brings; a form without its token is refused, and no test client notices."""
    texts = {str(path.relative_to(ROOT / "templates")): path.read_text(encoding="utf-8") for path in templates()}
    with_form = {name for name, text in texts.items() if "{% csrf_token %}" in text}
    while more := {name for name, text in texts.items() if with_form & set(dict(INCLUDE.findall(text)))} - with_form:
        with_form |= more
    assert with_form
    forgotten = [
        (name, included)
        for name, text in texts.items()
        for included, given in INCLUDE.findall(text)
        if included in with_form and " only " in f"{given} " and "csrf_token" not in given
    ]
    assert not forgotten


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{{ body|safe }}", "|safe"),
        ('<p style="color: red">', "a style attribute"),
        ("<script>alert(1)</script>", "an inline <script>"),
        ('<a href="#" onclick="go()">', "a handler in an attribute"),
        ('<img src="//example.org/x.png">', "another host"),
    ],
)
def test_the_test_of_templates_sees_what_is_banned(text, fault):
    assert fault in holds(IN_TEMPLATES, text)
    assert not holds(IN_TEMPLATES, '<script type="module" src="/x.js"></script><p class="style">safe onset</p>')


# --- every word can be translated -------------------------------------------------------------------

UNMARKED_BY_NATURE = {"500.html", "robots.txt"}
NAMES = {"LinkedIn", "Facebook", "Instagram", "Wagtail", "Django", "ISBN"}
READ_ALOUD = {
    "alt",
    "title",
    "aria-label",
    "placeholder",
    "label",
    "aria-description",
    "data-copied",
    "data-popup",
    "data-words",
    "data-none",
    "data-one",
    "data-some",
    "data-not-copied",
}
WORD = re.compile(r"[A-Za-zÆØÅæøåéÉ]{3,}")
ARGUMENT = re.compile(r"\b(?:label|heading|title|text|alt|caption|hint|placeholder)=([\"'])([A-ZÆØÅ][^\"']*)\1")


def without_comments(text):
    return re.sub(r"\{#.*?#\}|\{% comment.*?endcomment %\}|<!--.*?-->", "", text, flags=re.DOTALL)


class Reader(HTMLParser):
    """Gathers what a reader sees or hears."""

    def __init__(self):
        super().__init__()
        self.seen, self.silent = [], 0

    def handle_starttag(self, tag, attrs):
        self.silent += tag in {"script", "style"}
        self.seen += [value for name, value in attrs if name in READ_ALOUD and value]

    def handle_startendtag(self, tag, attrs):
        self.seen += [value for name, value in attrs if name in READ_ALOUD and value]

    def handle_endtag(self, tag):
        self.silent -= tag in {"script", "style"}

    def handle_data(self, data):
        if not self.silent:
            self.seen.append(data)


def unmarked(text):
    """Return the words of a template that stand neither in translate nor in blocktranslate."""
    markup, found, inside = [], [], ""
    for token in Lexer(text).tokenize():
        if token.token_type == TokenType.BLOCK:
            word = (token.contents.split() or [""])[0]
            if word in {"blocktranslate", "blocktrans", "comment"}:
                inside = f"end{word}"
            elif word == "block" and token.contents.split()[1].endswith("_attrs"):
                inside = "endblock"
            elif word == inside:
                inside = ""
            elif word not in {"translate", "trans"} and not inside:
                found += [literal for _quote, literal in ARGUMENT.findall(token.contents) if WORD.search(literal)]
        # A tag stands for something, so that the markup around it is still read right.
        markup.append(token.contents if token.token_type == TokenType.TEXT and not inside else " ")
    reader = Reader()
    reader.feed("".join(markup))
    reader.close()
    return found + [word for piece in reader.seen for word in WORD.findall(piece) if word not in NAMES]


def test_every_word_a_reader_meets_is_marked_for_translation():
    found = {}
    for path in templates():
        if path.suffix == ".html" and path.name not in UNMARKED_BY_NATURE:
            found[name_of(path)] = unmarked(path.read_text(encoding="utf-8"))
    assert not {path: words for path, words in found.items() if words}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<p>Find en metode</p>", ["Find", "metode"]),
        ('<a href="{% url "search" %}" title="Søg">{% translate "Søg" %}</a>', ["Søg"]),
        ('{% include "components/x.html" with label="Søg her" only %}', ["Søg her"]),
        ("{% blocktranslate %}Find en metode{% endblocktranslate %} {# Find #}", []),
        ('{% translate "Find" as find %}{% include "components/x.html" with label=find name="i-find" %}', []),
        ("<p>{{ page.title }} – 98 kr.</p>", []),
        (
            '{% block main_attrs %}data-theme="lyng"{% endblock %}{% block content %}<p>Find</p>{% endblock %}',
            ["Find"],
        ),
        ('<h{{ level }} class="big title">{% translate "Find" %}</h{{ level }}>', []),
    ],
)
def test_the_test_of_words_tells_marked_from_unmarked(text, words):
    assert unmarked(text) == words


# --- migrations -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_no_migration_is_missing():
    out = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=out)
    except SystemExit:
        pytest.fail(out.getvalue())


def test_migrations_stand_in_one_line_and_max_migration_names_the_last():
    loader = MigrationLoader(None)
    own = {label for label, _name in loader.disk_migrations} & set(LEVELS)
    assert own
    for label in own:
        (leaf,) = loader.graph.leaf_nodes(label)
        folder = Path(loader.migrations_module(label)[0].replace(".", "/"))
        place = next(place for place in (ROOT, ROOT / "site") if (place / folder).is_dir())
        assert (place / folder / "max_migration.txt").read_text().strip() == leaf[1]


# --- what must hold of every page type is a system check --------------------------------------------


class Stray(Page):
    class Meta:
        abstract = True
        app_label = "content"


class Bare(BasePage):
    findable = None

    class Meta:
        abstract = True
        app_label = "content"


class Whole(BasePage):
    kind = "hel"
    kind_label = "Hel"
    kind_plural = "Hele"
    kind_icon = "i-info"
    template = "base.html"

    class Meta:
        abstract = True
        app_label = "content"


class Twin(Whole):
    template = "base.html"

    class Meta:
        abstract = True
        app_label = "content"


def faults(monkeypatch, *models):
    monkeypatch.setattr(checks, "get_page_models", lambda: list(models))
    errors = checks.page_types_have_their_faces(None)
    assert all(error.hint for error in errors), "A fault without a hint leaves one alone with it."
    return {error.id for error in errors}


def test_a_page_type_with_all_its_faces_passes(monkeypatch):
    assert faults(monkeypatch, Whole) == set()


def test_a_page_type_without_summary_owner_and_status_is_an_error(monkeypatch):
    assert faults(monkeypatch, Stray) == {"content.E001"}


def test_a_page_type_without_template_card_or_findable_face_is_three_errors(monkeypatch):
    assert faults(monkeypatch, Bare) == {"content.E002", "content.E003", "content.E004"}


@pytest.mark.parametrize("name", ["kind", "kind_label", "kind_plural", "kind_icon"])
def test_each_part_of_the_card_face_is_asked_for(name, monkeypatch):
    monkeypatch.setattr(Whole, name, "")
    assert faults(monkeypatch, Whole) == {"content.E003"}


def test_two_page_types_of_one_kind_are_an_error(monkeypatch):
    assert faults(monkeypatch, Whole, Twin) == {"content.E005"}


def test_every_page_type_of_ours_passes():
    assert [error for error in run_checks() if error.id.startswith("content.")] == []
