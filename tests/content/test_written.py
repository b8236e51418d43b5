"""HTML that is kept is what its template gives, whatever else was rendered before it."""

import pytest
from django.utils import translation

from content import written as module
from content.written import written

TEMPLATES = {
    "plain.html": "<b>{{ name }}</b>{% if loud %}!{% endif %}",
    "text.html": '<a href="{{ at }}" title="{a: {{ at }}}">{{ number }}</a>',
    "deep.html": "{% if number == 3 %}three{% else %}{{ number }}{% endif %}",
}


@pytest.fixture(autouse=True)
def few(settings, monkeypatch):
    loaders = [("django.template.loaders.locmem.Loader", TEMPLATES)]
    engine = {"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {"loaders": loaders}}
    settings.TEMPLATES = [engine]
    monkeypatch.setattr(module, "_kept", {})


def test_it_is_rendered_once_for_each_key(settings):
    settings.CHECKS_KEPT = False
    assert written("plain.html", ("a",), {"name": "Anna"}) == "<b>Anna</b>"
    assert written("plain.html", ("a",), {"name": "Bo"}) == "<b>Anna</b>"
    assert written("plain.html", ("b",), {"name": "Bo"}) == "<b>Bo</b>"


def test_what_is_not_in_the_key_may_not_change_it():
    written("plain.html", ("a",), {"name": "Anna"})
    with pytest.raises(AssertionError, match="plain.html"):
        written("plain.html", ("a",), {"name": "Bo"})


@pytest.mark.parametrize("hostile", ["<b>", '"x', "{at}", "{number!r}", "{{0}}", "\ue000at\ue001", "{", "a & b"])
def test_a_text_is_escaped_and_read_as_nothing_else(hostile):
    for at in ("/usual/", hostile):
        html = written("text.html", (), {}, {"at": at, "number": 7})
        assert html == module._rendered("text.html", {"at": at, "number": 7})
    assert "<b>" not in html


def test_a_text_on_which_more_depends_is_found():
    written("deep.html", (), {}, {"number": 2})
    with pytest.raises(AssertionError, match="deep.html"):
        written("deep.html", (), {}, {"number": 3})


def test_each_language_has_its_own():
    written("plain.html", (), {"name": "Anna"})
    with translation.override("en"):
        assert written("plain.html", (), {"name": "Anne"}) == "<b>Anne</b>"


def test_it_forgets_before_it_grows_without_end(monkeypatch):
    monkeypatch.setattr(module, "MOST_KEPT", 3)
    for name in "abcdefg":
        assert written("plain.html", (name,), {"name": name}) == f"<b>{name}</b>"
        assert len(module._kept) <= 3


def test_the_result_is_safe_to_print():
    assert hasattr(written("plain.html", (), {"name": "<i>"}), "__html__")
    assert "&lt;i&gt;" in written("plain.html", ("i",), {"name": "<i>"})
