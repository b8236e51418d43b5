"""The made-up network of the demo: there as promised, twice without harm, and never mistaken for the real."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from bs4 import BeautifulSoup
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import Letter
from home.models import Provenance
from network.discuss import edit_post, reply
from network.join import leave
from network.models import (
    AccessRequest,
    Event,
    Meeting,
    Membership,
    Municipality,
    Outcome,
    Post,
    Profile,
    Seat,
    Space,
    Thread,
)

User = get_user_model()
MADE_UP = ["Eksempel Kommune", "Prøve Kommune", "Mønster Kommune"]
SPACES = {"borgerdialog": "open", "tomme-huse": "on_request", "kladdebordet": "hidden"}
COUNTED = [
    Event,
    Meeting,
    Outcome,
    Letter,
    Membership,
    AccessRequest,
    Space,
    Thread,
    Post,
    Profile,
    User,
    EmailAddress,
    Provenance,
]


def load():
    out = StringIO()
    call_command("load_demo", stdout=out)
    return out.getvalue()


@pytest.fixture
def demo(campaign):
    """The demo's network upon the real campaign; holds what the command printed."""
    return load()


def counts():
    models = [model for model in apps.get_models() if model in COUNTED]
    return {model.__name__: model._base_manager.count() for model in models}


def who(name):
    return User.objects.get(email=f"{name}@forkant.example")


def sign_in(client, email, password=settings.DEMO_PASSWORD):
    client.logout()
    client.post(reverse("account_login"), {"login": email, "password": password})
    return client.session.get("_auth_user_id")


# --- who and what is there ----------------------------------------------------------------------------


def test_there_are_three_spaces_one_of_each_kind_and_twelve_threads(demo):
    assert dict(Space.objects.values_list("slug", "kind")) == SPACES
    assert Thread.objects.count() == 12
    assert all(thread.number_of_posts >= 3 for thread in Thread.objects.all())


def test_one_thread_has_more_posts_than_a_page_holds(demo, client):
    thread = Thread.objects.filter(number_of_posts__gt=30).get()
    client.force_login(who("mads"))
    pages = [client.get(thread.get_absolute_url(), {"side": number}).content.decode() for number in (1, 2)]
    assert ["indlaeg-1" in pages[0], "indlaeg-31" in pages[0], "indlaeg-31" in pages[1]] == [True, False, True]


def test_everyone_who_is_printed_can_sign_in_and_nobody_with_another_word(demo, client):
    rows = re.findall(r"^(.+?\(opdigtet\)) +(\S+@forkant\.example) +(\S+)  \S", demo, re.MULTILINE)
    assert len(rows) == User.objects.filter(email__endswith="@forkant.example").count() == 13
    for name, email, password in rows:
        user = User.objects.get(email=email, name=name)
        assert sign_in(client, email, password) == str(user.pk), email
    assert sign_in(client, email, "forkert-ord") is None


def test_each_role_has_its_person_and_the_editors_come_into_the_admin(demo, client):
    roles = {"administrator": "Administrator", "redaktion": "Redaktør", "fagtjek": "Fagtjekker", "udgiver": "Udgiver"}
    for name, role in roles.items():
        user = who(name)
        assert [group.name for group in user.groups.all()] == [role]
        assert not user.is_superuser
        client.force_login(user)
        assert client.get("/admin/").status_code == 200
    client.force_login(who("mads"))
    assert client.get("/admin/").status_code != 200


def test_everyone_says_to_be_made_up_and_has_a_profile_and_a_confirmed_address(demo):
    for user in User.objects.all():
        assert user.name.endswith("(opdigtet)")
        assert user.profile.is_complete
        assert EmailAddress.objects.filter(user=user, email=user.email, primary=True, verified=True).exists()
        place = user.profile.municipality
        assert place.is_fictional if place else user.profile.organisation.endswith("(opdigtet)")


def test_one_waits_one_was_refused_and_one_was_let_in_each_with_reason_and_answer(demo):
    asked = {request.state: request for request in AccessRequest.objects.all()}
    assert set(asked) == {"waiting", "refused", "accepted"}
    assert all(request.reason for request in asked.values())
    assert [bool(asked[state].answer) for state in ("waiting", "refused", "accepted")] == [False, True, True]
    inside = set(Membership.objects.filter(space__slug="tomme-huse").values_list("user", flat=True))
    assert [asked[state].user_id in inside for state in ("waiting", "refused", "accepted")] == [False, False, True]


def test_what_happened_is_announced_and_dated_back_to_working_days_of_the_last_ten_weeks(demo):
    assert Event.objects.filter(what=Event.What.THREAD).count() == 12
    assert Event.objects.filter(what=Event.What.POST).count() == Post.objects.count() - 12
    now = timezone.now()
    times = [*Post.objects.values_list("created_at", flat=True), *Event.objects.values_list("at", flat=True)]
    assert all(now - timedelta(weeks=11) < time < now for time in times)
    assert all(timezone.localtime(time).weekday() < 5 for time in times)
    for thread in Thread.objects.all():
        written = list(Post.objects.filter(thread=thread).values_list("created_at", flat=True))
        assert written == sorted(written)
        assert (thread.created_at, thread.last_post_at) == (written[0], written[-1])
    assert all(post.edited_at > post.created_at for post in Post.objects.exclude(edited_at=None))
    assert Post.objects.exclude(edited_at=None).exists()


def test_no_mail_is_sent_and_none_is_left_to_send(campaign, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        load()
    assert mail.outbox == []
    assert Letter.objects.exists()
    assert not Letter.objects.waiting().exists()


# --- twice, and after people have been there ------------------------------------------------------------


def test_a_second_run_makes_nothing(demo):
    before, posts = counts(), list(Post.objects.order_by("pk").values())
    assert load() == demo
    assert counts() == before
    assert list(Post.objects.order_by("pk").values()) == posts


def test_a_second_run_leaves_what_people_changed(demo):
    mads, space = who("mads"), Space.objects.get(slug="borgerdialog")
    thread = Thread.objects.filter(space=space).first()
    answer = reply(mads, thread, "Jeg prøver det på mandag.")
    own = Post.objects.filter(author=mads).first()
    edit_post(mads, own, "Rettet af Mads.", own.version)
    Space.objects.filter(pk=space.pk).update(name="Samtaler")
    Profile.objects.filter(user=mads).update(role="chef")
    Thread.objects.exclude(pk=thread.pk).filter(space=space).first().delete()
    before = counts()
    load()
    assert counts() == before
    own.refresh_from_db(), space.refresh_from_db()
    assert (own.source, space.name, who("mads").profile.role) == ("Rettet af Mads.", "Samtaler", "chef")
    assert Post.objects.filter(pk=answer.pk).exists()


def test_a_second_run_does_not_let_in_who_has_left_or_make_who_was_deleted(demo):
    leave(who("mads"), Space.objects.get(slug="borgerdialog"))
    leave(who("troels"), Space.objects.get(slug="tomme-huse"))
    who("henrik").delete()
    who("facilitator").delete()
    before = counts()
    load()
    assert counts() == before


def test_a_password_that_was_chosen_is_kept_and_told_to_nobody(demo, client):
    user = who("mads")
    user.set_password("et-andet-ord-2")
    user.save()
    line = next(line for line in load().splitlines() if user.email in line)
    assert "(skiftet)" in line
    assert settings.DEMO_PASSWORD not in line
    assert sign_in(client, user.email) is None
    assert sign_in(client, user.email, "et-andet-ord-2") == str(user.pk)


def test_an_account_of_an_earlier_demo_is_taken_over(campaign, client):
    user = User.objects.create_superuser("administrator@forkant.example", "gammel", name="Ada")
    load()
    assert (who("administrator").pk, who("administrator").is_superuser) == (user.pk, False)
    assert sign_in(client, user.email) == str(user.pk)


def test_a_space_that_stands_at_the_address_is_left_alone_with_all_that_would_be_in_it(campaign):
    Space.objects.create(slug="tomme-huse", name="Vores eget", purpose="Noget andet.", kind="hidden")
    load()
    space = Space.objects.get(slug="tomme-huse")
    assert (space.name, space.kind, Thread.objects.filter(space=space).count()) == ("Vores eget", "hidden", 0)
    assert not Membership.objects.filter(space=space).exists()


@pytest.mark.parametrize("word", [None, ""])
def test_without_a_password_of_the_demo_nobody_is_made(campaign, settings, word):
    if word is None:
        del settings.DEMO_PASSWORD
    else:
        settings.DEMO_PASSWORD = word
    with pytest.raises(CommandError, match="intet er skrevet"):
        load()
    assert not User.objects.exists()
    assert not Space.objects.exists()


# --- what they say --------------------------------------------------------------------------------------


def test_every_link_in_a_post_leads_to_a_live_page_of_ours(demo, visitor):
    links = {
        link["href"] for post in Post.objects.all() for link in BeautifulSoup(post.html, "html.parser").find_all("a")
    }
    assert len(links) > 15
    assert {link for link in links if visitor.get(link).status_code != 200} == set()


def test_no_markdown_is_left_unread_in_a_post(demo):
    for post in Post.objects.all():
        text = BeautifulSoup(post.html, "html.parser").get_text()
        assert not re.search(r"\*\*|\]\(|^\s*[-*>] |^\d\. |\|\s*-", text, re.MULTILINE), text


def test_no_real_municipality_is_named_by_a_made_up_person(demo):
    said = [
        *Post.objects.values_list("source", flat=True),
        *Thread.objects.values_list("title", flat=True),
        *(f"{user.name} {user.profile.role} {user.profile.place}" for user in User.objects.all()),
        *(f"{space.name} {space.purpose}" for space in Space.objects.all()),
        *(f"{request.reason} {request.answer}" for request in AccessRequest.objects.all()),
    ]
    names = list(Municipality.objects.values_list("name", flat=True))
    assert len(names) == 98
    real = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
    assert [found for text in said for found in real.findall(text)] == []
    assert real.findall("Som i Lemvig.") == ["Lemvig"]


# --- apart from the 98 ----------------------------------------------------------------------------------


def test_the_98_are_98_and_the_made_up_ones_can_still_be_asked_for(demo):
    assert Municipality.objects.count() == 98
    made_up = Municipality.anywhere.filter(is_fictional=True)
    assert sorted(made_up.values_list("full_name", flat=True)) == sorted(MADE_UP)
    assert not Municipality.objects.filter(code__in=made_up.values("code")).exists()


LISTS = [
    "/",
    "/kommuner/",
    "/kommuner/?q=moenster",
    "/kommuner/?region=Region Opdigtet",
    "/kommuner/lemvig/",
    "/kort/",
    "/kampagnen/",
    "/metoder/",
    "/vaerktoejer/",
    "/casefortaellinger/",
    "/projekter/",
    "/publikationer/",
    "/soeg/?q=moenster",
    "/soeg/?q=opdigtet",
    "/sitemap.xml",
]


def test_a_made_up_municipality_stands_in_no_list_map_facet_figure_search_or_sitemap(demo, visitor):
    read = {address: visitor.get(address) for address in LISTS}
    assert {address for address, response in read.items() if response.status_code != 200} == set()
    signs = [*MADE_UP, "opdigtet-"]
    assert {name: address for address, r in read.items() for name in signs if name in r.content.decode()} == {}


def test_a_made_up_municipality_has_no_page_of_its_own(demo, visitor):
    slugs = Municipality.anywhere.filter(is_fictional=True).values_list("slug", flat=True)
    assert {visitor.get(f"/kommuner/{slug}/").status_code for slug in slugs} == {404}
    assert visitor.get("/kommuner/lemvig/").status_code == 200


def test_an_editor_is_not_offered_a_made_up_municipality(demo, client):
    client.force_login(who("redaktion"))
    address = reverse("municipality_chooser:choose_results")
    for word in ("moenster", "proeve", "eksempel"):
        text = client.get(address, {"q": word}).content.decode()
        assert [name for name in MADE_UP if name in text] == []
    assert "Lemvig Kommune" in client.get(address, {"q": "lemvig"}).content.decode()


def test_there_are_meetings_to_come_one_called_off_and_one_with_outcomes(demo):
    states = dict(Meeting.objects.exclude(audience="public").values_list("title", "state"))
    assert sorted(states.values()) == ["cancelled", "held", "planned", "planned"]
    held = Meeting.objects.get(state="held")
    lines = Outcome.objects.filter(question__meeting=held).order_by("pk")
    assert [line.kind for line in lines] == ["answer", "action", "seed"]
    assert lines[0].post.thread.title.startswith("Hvornår er et hus tomt?")
    assert lines[1].due_on > timezone.localdate()
    coffee = Meeting.objects.get(title__startswith="Kaffemøde")
    assert Seat.past_the_rule.filter(meeting=coffee, state="waiting").count() == 1
    assert all("opdigtet" in title for title in states if not title.startswith("Kaffemøde"))
