"""Reporting and seeing to reports, as a browser without script meets it."""

import html
import re

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from network import join
from network.discuss import reply, start_thread
from network.models import Event, Membership, ModerationAct, Post, Report, Showing
from network.moderate import hand_on, hide, keep
from network.report import report
from search import outbox
from tests.factories import MemberFactory, MembershipFactory, PostFactory, SpaceFactory, ThreadFactory

pytestmark = pytest.mark.django_db

FACILITATOR = Membership.Role.FACILITATOR
REVIEW = "/netvaerk/gennemsyn/"


def as_(user):
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def said(response):
    text = re.sub(r"<svg.*?</svg>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(text).split())


def way(post, name="post-report"):
    thread = post.thread
    return reverse(name, args=[thread.space.slug, thread.pk, thread.slug, post.number])


def act_on(key, act):
    return reverse("review-held" if isinstance(key, Post) else "review-report", args=[key.pk, act])


@pytest.fixture
def space(campaign):
    return SpaceFactory(name="Tomme huse")


@pytest.fixture
def facilitator(space):
    return MembershipFactory(space=space, role=FACILITATOR, user__name="Fie Formand").user


@pytest.fixture
def reader(space):
    return MembershipFactory(space=space, user__name="Rita Reporter").user


@pytest.fixture
def post(space, facilitator):
    thread = ThreadFactory(space=space, title="Hvem ejer husene?", text="Foranledningen her")
    return PostFactory(thread=thread, author__name="Alma Afsender", text="Fru Hansen på Engvej")


@pytest.fixture
def reported(post, reader):
    return report(reader, post, "personal", "Hun er borger")


# --- reporting ----------------------------------------------------------------------------------------


def test_every_post_has_a_way_to_report_it_but_ones_own(post, reader):
    address = post.thread.get_absolute_url()
    assert way(post) in as_(reader).get(address).content.decode()
    own = as_(post.author).get(address).content.decode()
    assert way(post) not in own and way(Post.objects.get(thread=post.thread, number=1)) in own


def test_whoever_only_reads_along_in_an_open_space_can_report_too(campaign):
    post = PostFactory(thread__space__kind="open")
    page = as_(MemberFactory()).get(post.thread.get_absolute_url())
    assert way(post) in page.content.decode()


def test_a_report_is_sent_by_a_form_and_acknowledged(post, reader, facilitator):
    client = as_(reader)
    form = client.get(way(post))
    assert "Hvorfor skal indlægget ses efter?" in said(form) and "Fru Hansen på Engvej" in said(form)
    answer = client.post(way(post), {"reason": "personal", "words": "Hun er borger"}, follow=True)
    assert answer.redirect_chain[-1][0] == post.place
    assert "Tak. Facilitator ser på indlægget. Du får en mail, når det er gjort." in said(answer)
    made = Report.objects.get()
    assert (made.by, made.words) == (reader, "Hun er borger")
    assert "Du har anmeldt indlægget" in said(client.get(way(post)))
    client.post(way(post), {"reason": "unkind"})
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"words": "Mine ord"}, "Vælg, hvorfor indlægget skal ses efter."),
        ({"reason": "other", "words": ""}, "Skriv med dine ord, hvad der er galt."),
        ({"reason": "advert", "words": "Se 040583-1234"}, "Det ligner et CPR-nummer."),
    ],
)
def test_a_report_that_lacks_something_says_so_and_keeps_the_words(post, reader, sent, sentence):
    answer = as_(reader).post(way(post), sent)
    assert answer.status_code == 400 and sentence in said(answer) and 'aria-invalid="true"' in answer.content.decode()
    assert sent["words"] in said(answer)
    assert not Report.objects.exists()


def test_ones_own_post_cannot_be_reported(post):
    assert as_(post.author).get(way(post)).status_code == 409


def test_the_21st_report_of_a_day_is_answered_429_with_its_words(settings, post, reader):
    settings.NETWORK_LIMITS = {**settings.NETWORK_LIMITS, "reports": (1, 24)}
    report(reader, Post.objects.get(thread=post.thread, number=1), "advert")
    answer = as_(reader).post(way(post), {"reason": "advert", "words": "Mine egne ord"})
    assert answer.status_code == 429 and answer.headers["Retry-After"] and "Mine egne ord" in said(answer)


# --- the queue ----------------------------------------------------------------------------------------


def test_the_queue_shows_what_why_and_when_with_the_post_before_and_never_who_reported(reported, facilitator, space):
    for address in (REVIEW, reverse("space-review", args=[space.slug])):
        page = as_(facilitator).get(address)
        text = said(page)
        assert page.status_code == 200 and "no-store" in page.headers["Cache-Control"]
        for words in (
            "Indlæg i »Hvem ejer husene?«",
            "Fru Hansen på Engvej",
            "Foranledningen her",
            "Nævner en privatperson eller en sag",
            "Hun er borger",
            "Behold",
            "Skjul",
            "Skriv til forfatteren",
            "Udeluk fra rummet",
            "Giv videre",
        ):
            assert words in text
        assert "Rita" not in text


def test_the_number_waiting_stands_on_the_front_page_and_in_the_tabs_for_those_who_see_to_it(
    reported, facilitator, reader, space
):
    assert "1 indlæg til gennemsyn" in said(as_(facilitator).get("/netvaerk/"))
    assert "Til gennemsyn 1" in said(as_(facilitator).get(space.get_absolute_url()))
    for address in ("/netvaerk/", space.get_absolute_url()):
        assert "til gennemsyn" not in said(as_(reader).get(address)).lower()


def test_a_queue_with_nothing_in_it_says_so(facilitator):
    assert "Der venter ikke noget" in said(as_(facilitator).get(REVIEW))


def test_a_member_who_sees_to_nothing_is_refused_and_a_stranger_sent_to_sign_in(space, reader, visitor):
    assert as_(reader).get(REVIEW).status_code == 403
    assert as_(reader).get(reverse("space-review", args=[space.slug])).status_code == 403
    assert visitor.get(REVIEW).status_code == 302


def test_a_post_is_hidden_by_a_form_and_the_author_no_longer_shows_it_to_others(reported, post, facilitator, reader):
    client = as_(facilitator)
    form = client.get(act_on(reported, "skjul"))
    assert "Fru Hansen på Engvej" in said(form) and "Bliver læst af den, der har skrevet" in said(form)
    answer = client.post(act_on(reported, "skjul"), {"why": "Nævner en borger."}, follow=True)
    assert answer.redirect_chain[-1][0] == REVIEW
    assert "Indlægget er skjult. Du kan fortryde i 30 dage." in said(answer)
    assert "Fie Formand skjulte indlægget" in said(answer) and "Nævner en borger." in said(answer)
    assert "Fru Hansen" not in said(as_(reader).get(post.thread.get_absolute_url()))
    assert "Skjult for andre" in said(as_(facilitator).get(post.thread.get_absolute_url()))


def test_without_a_reason_the_form_says_so_and_nothing_is_done(reported, facilitator):
    answer = as_(facilitator).post(act_on(reported, "skjul"), {"why": " "})
    assert answer.status_code == 400 and "Skriv, hvorfor." in said(answer)
    assert not ModerationAct.objects.exists()


def test_the_second_of_two_facilitators_gets_409_and_the_queue_and_a_double_press_none(reported, space, facilitator):
    other = MembershipFactory(space=space, role=FACILITATOR).user
    mine = [as_(facilitator).post(act_on(reported, "skjul"), {"why": "Derfor"}) for _press in range(2)]
    assert [answer.status_code for answer in mine] == [302, 302]
    for answer in (
        as_(other).post(act_on(reported, "behold"), {"why": "Derfor"}),
        as_(other).get(act_on(reported, "behold")),
    ):
        assert answer.status_code == 409 and "Det er gjort i mellemtiden." in said(answer)
    assert ModerationAct.objects.count() == 1


def test_what_was_done_is_undone_by_a_button_in_the_log(reported, post, facilitator):
    act = hide(facilitator, reported, "Derfor")
    client = as_(facilitator)
    address = reverse("review-undo", args=[act.pk])
    assert address in client.get(REVIEW).content.decode()
    assert client.get(address).status_code == 405
    answer = client.post(address, follow=True)
    assert "Det er fortrudt" in said(answer) and "Fortrudt Fie Formand" in said(answer)
    assert address not in answer.content.decode()
    post.refresh_from_db()
    assert post.state == Showing.VISIBLE
    MembershipFactory(space=post.thread.space, role=FACILITATOR)
    late = as_(Membership.objects.filter(role=FACILITATOR).last().user).post(address)
    assert late.status_code == 409 and "gjort i mellemtiden" in said(late)


@pytest.mark.parametrize("act", ["behold", "skjul", "skriv-til-forfatter", "udeluk", "giv-videre", "flyv"])
def test_who_does_not_see_to_a_report_finds_nothing(reported, reader, act):
    for user in (reader, reported.post.author, MembershipFactory(role=FACILITATOR).user):
        assert as_(user).get(act_on(reported, act)).status_code == 404
        assert as_(user).post(act_on(reported, act), {"why": "Derfor"}).status_code == 404
    assert not ModerationAct.objects.exists()


def test_an_administrator_sees_the_post_handed_on_and_not_a_word_of_the_rest(reported, post, facilitator):
    administrator = MemberFactory()
    administrator.user_permissions.add(Permission.objects.get(codename="change_space"))
    PostFactory(thread=post.thread, text="Et senere svar")
    client = as_(administrator)
    assert "Der venter ikke noget" in said(client.get(REVIEW))
    assert client.get(act_on(reported, "skjul")).status_code == 404
    form = as_(facilitator).get(act_on(reported, "giv-videre"))
    assert "Administratorerne kan så læse dette ene indlæg" in said(form)
    hand_on(facilitator, reported, "Jeg kender hende.")
    for address in (REVIEW, act_on(reported, "skjul")):
        page = said(client.get(address))
        assert "Fru Hansen på Engvej" in page and "Hun er borger" in page
        for words in ("Foranledningen her", "Et senere svar", "Hvem ejer husene?", "Rita"):
            assert words not in page
    assert client.get(post.thread.get_absolute_url()).status_code == 403
    hide(facilitator, Report.objects.get(), "Derfor")
    assert client.post(act_on(reported, "skjul"), {"why": "Derfor"}).status_code == 409


def test_a_kept_post_is_not_told_to_its_author_on_any_page(reported, post, facilitator):
    keep(facilitator, reported, "Det er i orden.")
    author = as_(post.author)
    for address in ("/netvaerk/", post.thread.get_absolute_url(), post.thread.space.get_absolute_url()):
        assert "anmeldt" not in said(author.get(address)).lower()


def test_the_queue_asks_no_more_of_many_cases_than_of_few(reported, space, facilitator, post):
    address = reverse("space-review", args=[space.slug])

    def asked():
        client = as_(facilitator)
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    def more():
        return report(MembershipFactory(space=space).user, PostFactory(thread=post.thread), "advert")

    keep(facilitator, more(), "Derfor")
    few = asked()
    for _number in range(8):
        more()
    keep(facilitator, more(), "Derfor")
    assert asked() <= few
    assert few <= 24


# --- held ---------------------------------------------------------------------------------------------


@pytest.fixture
def newcomer(space, facilitator):
    space.holds_first_post = True
    space.save()
    user = MemberFactory(name="Nils Ny")
    join.accept(facilitator, join.ask(user, space, "Jeg vil med."))
    return user


def test_a_first_post_goes_the_whole_way_from_held_to_news(space, newcomer, facilitator, reader):
    client = as_(newcomer)
    sent = {"title": "Vores sommerfuglehus", "text": "Det er nyt for os."}
    page = client.post(reverse("thread-new", args=[space.slug]), sent, follow=True)
    assert page.status_code == 200 and "Venter på facilitator" in said(page)
    assert "Venter på facilitator" in said(client.get(space.get_absolute_url()))
    post = Post.objects.get(author=newcomer)
    outbox.work()
    there = post.thread.get_absolute_url()
    for address in (space.get_absolute_url(), "/netvaerk/", "/soeg/?q=sommerfuglehus"):
        assert "Vores sommerfuglehus" not in said(as_(reader).get(address))
    assert as_(reader).get(there).status_code == 404
    assert "Ny tråd fra nyt medlem" in said(as_(facilitator).get(REVIEW))
    form = as_(facilitator).get(act_on(post, "godkend"))
    assert "Det er nyt for os." in said(form)
    done = as_(facilitator).post(act_on(post, "godkend"), {"why": ""}, follow=True)
    assert "Indlægget er kommet frem." in said(done) and "lod indlægget komme frem" in said(done)
    outbox.work()
    for address in (space.get_absolute_url(), "/netvaerk/", "/soeg/?q=sommerfuglehus", there):
        assert "Vores sommerfuglehus" in said(as_(reader).get(address)), address
    assert "Venter på facilitator" not in said(client.get(there))
    again = client.post(
        reverse("reply", args=[space.slug, post.thread_id, post.thread.slug]), {"text": "Mere"}, follow=True
    )
    assert "Venter på facilitator" not in said(again)
    assert Event.objects.filter(what=Event.What.POST, who=newcomer).count() == 1


def test_a_hidden_post_leaves_search_and_comes_back(space, facilitator, reader):
    thread = ThreadFactory(space=space, title="Andet")
    post = PostFactory(thread=thread, text="sommerfuglehus ved åen")
    outbox.work()
    client = as_(reader)
    assert "ved åen" in said(client.get("/soeg/?q=sommerfuglehus"))
    act = hide(facilitator, report(reader, post, "advert"), "Derfor")
    outbox.work()
    assert "ved åen" not in said(client.get("/soeg/?q=sommerfuglehus"))
    as_(facilitator).post(reverse("review-undo", args=[act.pk]))
    outbox.work()
    assert "ved åen" in said(client.get("/soeg/?q=sommerfuglehus"))


def test_a_held_reply_is_seen_by_its_author_alone_and_is_refused_with_a_reason(post, newcomer, facilitator, reader):
    held = reply(newcomer, post.thread, "Køb mit kursus")
    there = post.thread.get_absolute_url()
    assert "Køb mit kursus" in said(as_(newcomer).get(there))
    assert "Køb mit kursus" not in said(as_(reader).get(there))
    done = as_(facilitator).post(act_on(held, "afvis"), {"why": "Det er reklame."}, follow=True)
    assert "Indlægget kommer ikke frem." in said(done)
    assert "Køb mit kursus" not in said(as_(newcomer).get(there))


def test_an_editor_finds_nothing_held_and_a_member_neither(space, newcomer, reader):
    editor = MemberFactory()
    editor.user_permissions.add(Permission.objects.get(codename="change_report"))
    held = Post.objects.get(thread=start_thread(newcomer, space, "Mit", "Hej"))
    for user in (editor, reader, newcomer):
        assert as_(user).get(act_on(held, "godkend")).status_code == 404
        assert as_(user).post(act_on(held, "godkend")).status_code == 404
    held.refresh_from_db()
    assert held.state == Showing.HELD


# --- page by page -------------------------------------------------------------------------------------


def test_all_that_waits_stands_on_pages_the_longest_wait_first(reported, post, space, facilitator, monkeypatch):
    monkeypatch.setattr("network.review.SHOWN", 2)
    reports = [reported] + [report(reporter_in(space), PostFactory(thread=post.thread), "advert") for _n in range(4)]
    client = as_(facilitator)
    pages = [client.get(REVIEW, {"side": side}) for side in (1, 2, 3)]
    assert [[case.key.pk for case in page.context["cases"]] for page in pages] == [
        [one.pk for one in some] for some in (reports[:2], reports[2:4], reports[4:])
    ]
    assert "5 venter" in said(pages[0]) and "Viser 1–2 af 5" in said(pages[0])
    assert 'href="?side=2"' in pages[0].content.decode() and 'href="?side=1"' in pages[1].content.decode()
    for wrong in ("4", "0", "x", "²"):
        assert client.get(REVIEW, {"side": wrong}).status_code == 404


def test_a_post_that_many_reported_is_one_case_wherever_the_page_ends(reported, post, space, facilitator, monkeypatch):
    monkeypatch.setattr("network.review.SHOWN", 1)
    for _number in range(3):
        report(reporter_in(space), post, "advert")
    other = report(reporter_in(space), PostFactory(thread=post.thread), "advert")
    client = as_(facilitator)
    first, second = (client.get(REVIEW, {"side": side}).context["cases"] for side in (1, 2))
    assert [len(case.grounds) for case in first] == [4] and [case.key for case in second] == [other]


def test_what_was_done_long_ago_can_still_be_found_and_undone(reported, post, space, facilitator, monkeypatch):
    monkeypatch.setattr("network.review.LOGGED", 1)
    act = hide(facilitator, reported, "Derfor")
    keep(facilitator, report(reporter_in(space), PostFactory(thread=post.thread), "advert"), "Det er i orden.")
    client = as_(facilitator)
    undo = reverse("review-undo", args=[act.pk])
    newest = client.get(REVIEW).content.decode()
    assert undo not in newest and 'href="?log=2"' in newest
    assert undo in client.get(REVIEW, {"log": 2}).content.decode()
    assert client.get(REVIEW, {"log": 3}).status_code == 404


def reporter_in(space):
    return MembershipFactory(space=space).user
