"""The admin and the accounts speak Danish: what the packages leave in English stands in site/locale."""

import re
from importlib.util import find_spec
from pathlib import Path

import polib
import pytest
from django.apps import apps
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, ngettext, override

HERE = settings.SITE / "locale"
SOURCES = sorted(HERE.rglob("*.po"))

# What editors and members meet. Packages without an English catalogue of their own cannot be asked.
MET = [
    "wagtail",
    "wagtail.admin",
    "wagtail.images",
    "wagtail.documents",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.search",
    "wagtail.sites",
    "wagtail.embeds",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.table_block",
    "taggit",
    "allauth",
    "django.conf",
    "django.contrib.auth",
]
# Parts of allauth that are not installed.
NOT_MET = {"socialaccount", "mfa", "idp", "usersessions", "headless"}


def folder_of(package):
    return Path(find_spec(package).origin).parent / "locale"


def key(entry):
    return entry.msgctxt or "", entry.msgid, entry.msgid_plural or ""


def forms(entry):
    """Each English form with its Danish one: both languages have one for one, and one for all other numbers."""
    if not entry.msgid_plural:
        return [(entry.msgid, entry.msgstr)]
    return [(entry.msgid, entry.msgstr_plural.get(0)), (entry.msgid_plural, entry.msgstr_plural.get(1))]


def is_met(entry):
    places = [set(Path(path).parts) for path, _line in entry.occurrences]
    return not places or any(not NOT_MET & parts for parts in places)


def english(package, domain):
    """The entries of a package's English catalogue; none where it has no such catalogue."""
    path = folder_of(package) / "en" / "LC_MESSAGES" / f"{domain}.po"
    return [entry for entry in polib.pofile(str(path)) if not entry.obsolete] if path.exists() else []


def danish(domain, folders):
    """What is said in Danish in the compiled files of these locale folders and in ours."""
    paths = [folder / "da" / "LC_MESSAGES" / f"{domain}.mo" for folder in (*folders, HERE)]
    entries = [entry for path in paths if path.exists() for entry in polib.mofile(str(path))]
    return {key(entry) for entry in entries if all(answer for _message, answer in forms(entry))}


# --- the promise ------------------------------------------------------------------------------------


@pytest.mark.parametrize("package", MET)
def test_no_string_that_editors_and_members_meet_is_left_without_danish(package):
    merged = [folder_of("django.conf"), *(Path(app.path) / "locale" for app in apps.get_app_configs())]
    asked = {key(entry) for entry in english(package, "django") if is_met(entry)}
    assert asked
    assert not asked - danish("django", merged)


def test_no_string_of_the_admins_script_is_left_without_danish():
    """Wagtail hands its script the words of wagtail.admin and ours, and of nobody else."""
    asked = {key(entry) for entry in english("wagtail.admin", "djangojs")}
    assert asked
    assert not asked - danish("djangojs", [folder_of("wagtail.admin")])


def test_the_danish_of_the_script_reaches_the_browser(visitor):
    words = visitor.get(reverse("wagtailadmin_javascript_catalog")).content.decode()
    assert '"Expand all": "Fold alle ud"' in words
    assert '"Move up": "Flyt op"' in words


def test_ours_goes_before_the_packages_own():
    with override("da"):
        assert gettext("Draft") == "Kladde"
        assert gettext("Tags") == "Emneord"


def test_an_editor_who_chose_english_is_left_with_english():
    with override("en"):
        assert gettext("Draft") == "Draft"


def test_a_plural_is_told_from_a_singular():
    with override("da"):
        told = [ngettext("Delete 1 page", "Delete %(counter)s pages", count) for count in (0, 1, 2)]
    assert told == ["Slet %(counter)s sider", "Slet 1 side", "Slet %(counter)s sider"]


# --- the files --------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_the_compiled_file_holds_what_its_source_says(source):
    """If not: .venv/bin/python site/locale/compile.py"""
    said = polib.pofile(str(source))
    compiled = polib.mofile(str(source.with_suffix(".mo")))
    assert {key(entry): forms(entry) for entry in compiled} == {key(entry): forms(entry) for entry in said}
    assert compiled.metadata == said.metadata


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_no_entry_is_doubtful_or_twice(source):
    entries = list(polib.pofile(str(source)))
    assert not [entry.msgid for entry in entries if entry.fuzzy or entry.obsolete]
    assert len({key(entry) for entry in entries}) == len(entries)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_every_entry_is_still_a_string_of_the_packages_it_names(source):
    """After an upgrade: take out what no package asks for any more."""
    known = {package: {key(entry) for entry in english(package, source.stem)} for package in MET}
    for entry in polib.pofile(str(source)):
        packages = [package for package, _line in entry.occurrences]
        assert packages, entry.msgid
        assert not [package for package in packages if key(entry) not in known.get(package, {key(entry)})], entry.msgid


PLACEHOLDER = r"%\(\w+\)[a-z]|%[sd]|\{\w*\}"


def faults(holds):
    """Our entries of which `holds(English, Danish)` is false for some form, as lines to read."""
    return [
        f"{source.name}: {message!r} -> {answer!r}"
        for source in SOURCES
        for entry in polib.pofile(str(source))
        for message, answer in forms(entry)
        if not holds(message, answer)
    ]


def same(pattern):
    """Whether English and Danish hold the same finds of `pattern`, in whatever order."""
    return lambda message, answer: sorted(re.findall(pattern, message)) == sorted(re.findall(pattern, answer))


def test_every_entry_has_its_danish_and_a_plural_both_forms():
    assert not faults(lambda message, answer: bool(answer))


@pytest.mark.parametrize(
    "pattern",
    [PLACEHOLDER, r"<[^>]+>", r"^\s+|\s+$"],
    ids=["placeholders", "tags and links", "space at the ends"],
)
def test_what_is_no_word_is_the_same_in_the_danish(pattern):
    assert not faults(same(pattern))


@pytest.mark.parametrize(
    ("answer", "is_same"),
    [
        ("%(count)s sider", True),
        ("sider: %(count)s", True),
        ("%(antal)s sider", False),
        ("%(counts sider", False),
        ("sider", False),
    ],
)
def test_the_test_of_placeholders_tells_right_from_wrong(answer, is_same):
    assert same(PLACEHOLDER)("%(count)s pages", answer) is is_same
