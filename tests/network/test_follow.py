"""A method, tag or municipality is followed; what changes materially is told once, when it is out."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse
from wagtail.models import Page

from network import fan_out
from network.change import note_change, under
from network.digest import make_due
from network.follow import follow, unfollow
from network.models import Change, Follow, Municipality, Notice, NoticeSettings
from network.notices import fill, shown_to, verb_of
from taxonomy.models import Tag
from tests.factories import MemberFactory, UserFactory

pytestmark = pytest.mark.django_db
SLUG = "kvalitative-interviews"


@pytest.fixture
def page(campaign):
    return Page.objects.get(slug=SLUG).specific


@pytest.fixture
def reader():
    return MemberFactory(name="Clara Kyst")


def publish(page):
    page.save_revision().publish()
    fan_out.work()


def told(user):
    return [(notice.why, notice.mail) for notice in Notice.objects.filter(user=user)]


def test_a_method_is_followed_by_a_button_and_left_again(client, page, reader):
    client.force_login(reader)
    assert "Følg, og få besked om ændringer" in client.get(page.url).text
    at = reverse("follow", args=["side", page.pk])
    done = client.post(at, {"on": "1", "next": page.url}, follow=True)
    assert "Følg ikke længere" in done.text
    assert Follow.objects.get().user == reader
    client.post(at, {"on": "1"})
    assert Follow.objects.count() == 1
    client.post(at, {"next": page.url})
    assert not Follow.objects.exists()


def test_a_municipality_and_a_tag_are_followed(client, campaign, reader):
    client.force_login(reader)
    place = Municipality.objects.get(slug="lemvig")
    tag = Tag.objects.filter(tagged_pages__isnull=False).first()
    for name, thing, url in (
        ("kommune", place, place.get_absolute_url()),
        ("emneord", tag, reverse("tag", args=[tag.slug])),
    ):
        at = reverse("follow", args=[name, thing.pk])
        assert at in client.get(url).text
        assert "Følg ikke længere" in client.post(at, {"on": "1", "next": url}, follow=True).text


@pytest.mark.parametrize("name", ["side", "kommune", "emneord", "rum"])
def test_nobody_follows_what_is_not_there(client, campaign, reader, name):
    client.force_login(reader)
    assert client.post(reverse("follow", args=[name, 999_999]), {"on": "1"}).status_code == 404


def test_strangers_see_no_button_and_follow_nothing(client, page):
    assert "Følg, og få besked" not in client.get(page.url).text
    answer = client.post(reverse("follow", args=["side", page.pk]), {"on": "1"})
    assert answer.url.startswith(reverse("account_login")) and not Follow.objects.exists()


def test_one_is_led_nowhere_else(client, page, reader):
    client.force_login(reader)
    for away in ("https://ond.example/", "//ond.example/", "javascript:alert(1)", "/\\ond.example"):
        done = client.post(reverse("follow", args=["side", page.pk]), {"on": "1", "next": away})
        assert done.url == reverse("notices")


def test_a_small_change_tells_nobody_and_a_material_one_tells_once(page, reader):
    follow(reader, "page", page.pk)
    publish(page)
    assert told(reader) == []
    note_change(page, "Ny skabelon til  trin 3.")
    publish(page)
    publish(page)
    assert told(reader) == [("page", "collected")]
    (notice,) = fill(list(shown_to(reader)))
    verb = verb_of(notice.verb)
    assert (verb.heading(notice), verb.words(notice)) == (page.title, "Ny skabelon til trin 3.")


def test_it_is_told_by_mail_at_once_to_who_wants_that_and_else_collected(page, reader, mailoutbox):
    NoticeSettings.objects.create(user=reader, preset="keep_up")
    follow(reader, "page", page.pk)
    note_change(page, "Ny skabelon.")
    publish(page)
    assert told(reader) == [("page", "at_once")]
    call_command("send_letters")
    assert page.title in mailoutbox[0].subject and "Ny skabelon." in mailoutbox[0].body


def test_who_follows_a_tag_or_a_municipality_of_the_page_is_told_once(campaign):
    page = next(
        page
        for page in Page.objects.live().order_by("pk")
        if (found := under(page.pk))["tag"] and found["municipality"]
    ).specific
    found = under(page.pk)
    by_tag, by_place, by_both = MemberFactory(), MemberFactory(), MemberFactory()
    for user, what in ((by_tag, "tag"), (by_place, "municipality"), (by_both, "tag"), (by_both, "municipality")):
        follow(user, what, found[what][0])
    note_change(page, "Nye tal.")
    publish(page)
    assert [len(told(user)) for user in (by_tag, by_place, by_both)] == [1, 1, 1]
    assert told(by_tag)[0][0] == "tag" and told(by_place)[0][0] == "municipality"


def test_who_follows_no_longer_is_not_told(page, reader):
    follow(reader, "page", page.pk)
    unfollow(reader, "page", page.pk)
    note_change(page, "Ny skabelon.")
    publish(page)
    assert told(reader) == []


def test_what_is_not_public_any_more_is_not_told_and_not_shown(page, reader):
    follow(reader, "page", page.pk)
    note_change(page, "Planteordet kvadrille.")
    publish(page)
    assert shown_to(reader).count() == 1
    page.unpublish()
    assert not shown_to(reader).exists()
    make_due()


# --- the editor is asked ----------------------------------------------------------------------------------


@pytest.fixture
def editor(campaign, client):
    call_command("set_up_roles", verbosity=0)
    user = UserFactory(is_superuser=True)
    user.groups.add(Group.objects.get(name="Administrator"))
    client.force_login(user)
    return user


def form_of(client, page):
    """Send the form back as it came, by way of what it holds."""
    from wagtail.test.utils.form_data import querydict_from_html

    at = reverse("wagtailadmin_pages:edit", args=[page.pk])
    form = querydict_from_html(client.get(at).text, form_id="page-edit-form")
    form.update({"body-count": "0", "steps-count": "0"})  # what a script makes of streams
    return at, form


@pytest.mark.parametrize(
    ("sent", "number"),
    [
        ({"change_is_material": "1", "change_line": "Ny skabelon."}, 1),
        ({"change_is_material": "1", "change_line": " "}, 0),
        ({"change_line": "Kun et komma."}, 0),
    ],
)
def test_publishing_asks_the_editor_whether_it_is_material(client, editor, page, reader, sent, number):
    follow(reader, "page", page.pk)
    at, form = form_of(client, page)
    assert "change_is_material" in client.get(at).text
    form.update({**sent, "action-publish": "1"})
    assert client.post(at, form).status_code == 302
    fan_out.work()
    assert len(told(reader)) == number


def test_what_is_said_of_a_draft_is_told_when_it_is_published(client, editor, page, reader):
    follow(reader, "page", page.pk)
    at, form = form_of(client, page)
    form.update({"change_is_material": "1", "change_line": "Ny skabelon."})
    assert client.post(at, form).status_code == 302
    fan_out.work()
    assert told(reader) == [] and Change.objects.get().told_at is None
    publish(page)
    assert len(told(reader)) == 1
