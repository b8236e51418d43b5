"""docs/redaktoer.md tells the truth: what stands in bold there stands on a screen of the redaction, word for word."""

import re
from html import unescape

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from wagtail.models import Page
from wagtail.test.utils.form_data import querydict_from_html

from cases.models import CaseIndexPage, CaseStoryPage
from network.models import Space
from search.insight import monday
from search.models import Promotion, SearchWeek, Synonym
from taxonomy.models import Theme

DOCS = settings.ROOT / "docs"
GUIDE = (DOCS / "redaktoer.md").read_text(encoding="utf-8")
BOLD = {" ".join(words.split()) for words in re.findall(r"\*\*(.+?)\*\*", GUIDE, re.DOTALL)}
PICTURES = re.findall(r"!\[([^\]]*)\]\((images/[^)]+)\)", GUIDE)


class Person:
    """One of the demo's people in the redaction; what they see is kept in `seen`."""

    def __init__(self, name, seen):
        self.user = get_user_model().objects.get(email=f"{name}@forkant.example")
        self.client, self.seen = Client(), seen
        self.client.force_login(self.user)

    def opens(self, name, *args):
        return self._sees(self.client.get(reverse(name, args=args)))

    def sends_empty(self, name, *args):
        """Open a form and press its last button with nothing written."""
        form = querydict_from_html(self.opens(name, *args), form_id="page-edit-form")
        # The browser builds the form of a StreamField, so it does not stand in the page.
        sent = {**dict(form.lists()), "body-count": "0", "action-submit": "1"}
        self._sees(self.client.post(reverse(name, args=args), sent))

    def _sees(self, answer):
        screen = answer.content.decode()
        self.seen.append(words_on(screen))
        return screen


def words_on(screen):
    """The words of a screen: what is read, what its buttons are called, what its script has ready to show."""
    ready = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), unescape(screen))
    read = re.sub("<[^>]+>", "", ready)  # also what stands in a template of the page, which its script shows later
    return " ".join(f"{ready} {read}".split())


def send(page, person):
    page.get_workflow().start(Page.objects.get(pk=page.pk), person.user)


@pytest.fixture
def seen(campaign):
    """All that the demo's people see on the way that the guide tells of."""
    call_command("load_demo", verbosity=0)
    screens = []
    people = {name: Person(name, screens) for name in ("redaktion", "fagtjek", "udgiver", "administrator")}
    in_check, locked, due = CaseStoryPage.objects.live().order_by("pk")[:3]
    screens.append(words_on(Client().get(reverse("account_login")).content.decode()))
    write(people["redaktion"])
    be_checked(in_check, people)
    be_looked_after(locked, due, people)
    look_at_the_search(people["redaktion"])
    let_people_in(people["administrator"])
    return " ".join(screens)


def write(editor):
    index = CaseIndexPage.objects.get()
    editor.sends_empty("wagtailadmin_pages:add", "cases", "casestorypage", index.pk)
    editor.opens("wagtailadmin_javascript_catalog")
    for chooser in ("wagtailimages_chooser:choose", "wagtaildocs_chooser:choose"):
        editor.opens(chooser)
    editor.opens("wagtailsnippets_taxonomy_theme:edit", Theme.objects.first().pk)
    editor.opens("wagtailadmin_pages:edit", 999_999)


def be_checked(page, people):
    page.save_revision(user=people["redaktion"].user)
    send(page, people["redaktion"])
    for name in ("redaktion", "fagtjek"):
        people[name].opens("wagtailadmin_pages:edit", page.pk)
    state = Page.objects.get(pk=page.pk).current_workflow_task_state
    state.reject(user=people["fagtjek"].user, comment="Skriv året.")
    people["fagtjek"].opens("wagtailadmin_home")
    people["redaktion"].opens("wagtailadmin_home")
    people["redaktion"].opens("wagtailadmin_pages:edit", page.pk)
    round_ = Page.objects.get(pk=page.pk).current_workflow_state
    round_.resume(user=people["redaktion"].user)
    task = Page.objects.get(pk=page.pk).current_workflow_task_state
    people["fagtjek"].opens("wagtailadmin_pages:workflow_action", page.pk, "reject", task.pk)
    task.approve(user=people["fagtjek"].user)
    people["udgiver"].opens("wagtailadmin_pages:edit", page.pk)


def be_looked_after(locked, due, people):
    CaseStoryPage.objects.filter(pk=locked.pk).update(
        locked=True, locked_by=people["administrator"].user, locked_at=timezone.now()
    )
    CaseStoryPage.objects.filter(pk=due.pk).update(review_on=timezone.localdate())
    for name in ("redaktion", "udgiver"):
        people[name].opens("wagtailadmin_pages:edit", locked.pk)
    people["udgiver"].opens("wagtailadmin_pages:edit", due.pk)
    people["redaktion"].opens("wagtailadmin_home")
    people["redaktion"].opens("casefortaellinger:index")


def look_at_the_search(editor):
    """In a week in which enough people searched for something that is not there."""
    week = {"week": monday(timezone.localdate()), "searches": 9, "without_results": 9, "askers_0": 0b11111}
    SearchWeek.objects.bulk_create(SearchWeek(text=text, **week) for text in ("", "letbane"))
    for name in ("wagtailadmin_home", "search_insight", "search_draft"):
        editor.opens(name)
    for model in (Synonym, Promotion):
        for name in ("list", "add"):
            editor.opens(model.snippet_viewset.get_url_name(name))


def let_people_in(administrator):
    for name in ("wagtailusers_users:index", "wagtailusers_users:add", "spaces:index", "spaces:add"):
        administrator.opens(name)
    administrator.opens("wagtailusers_users:edit", get_user_model().objects.get(email="redaktion@forkant.example").pk)
    administrator.opens("spaces:edit", Space.objects.first().pk)


@pytest.mark.django_db
def test_each_word_in_bold_stands_on_a_screen_of_the_redaction(seen):
    assert BOLD
    assert [words for words in sorted(BOLD) if words not in seen] == []
    assert "Tryk på den knap, der ikke findes" not in seen


def test_each_picture_of_the_guide_is_there_with_words_and_none_is_left_over():
    assert all(words for words, _path in PICTURES)
    files = {f"images/{file.name}" for file in DOCS.glob("images/redaktoer-*.png")}
    assert {path for _words, path in PICTURES} == files


@pytest.mark.parametrize("path", [path for _words, path in PICTURES])
def test_a_picture_of_the_guide_is_light(path):
    assert (DOCS / path).stat().st_size < 150_000
    with Image.open(DOCS / path) as picture:
        assert picture.width <= 1440
