"""Nothing that is said in a closed space reaches anyone who may not read it, at any address there is.

Words are planted in spaces, threads, posts, requests and profiles. Every address of the resolver – ours, Wagtail's,
the sign-in's – is then asked by everyone who is not to see them. An address that this test cannot fill in fails it.
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product
from urllib.parse import unquote

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.urls.resolvers import RegexPattern
from django.utils import timezone
from django.utils.regex_helper import normalize
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page, Revision, Task, Workflow

from accounts.letters import deliver_waiting, queue
from accounts.models import Letter
from content.findable import touch
from content.models import File, Picture
from network import fan_out, join, tend
from network.announce import announce
from network.attach import attach
from network.discuss import edit_post, reply
from network.drafts import of_new_thread, of_reply, save_draft
from network.file_keeping import read_unread
from network.lead import write_status
from network.models import (
    AccessRequest,
    Attachment,
    DigestSlot,
    Draft,
    Event,
    IncomingMail,
    Membership,
    Notice,
    Profile,
    Space,
)
from network.moderate import hide
from network.outcomes import close_notes, write_line
from network.remove import remove_post
from network.report import report
from network.signals import announce as happen
from search import outbox
from taxonomy.models import Tag
from tests.factories import (
    MeetingFactory,
    MemberFactory,
    MembershipFactory,
    MunicipalityFactory,
    PostFactory,
    QuestionFactory,
    SpaceFactory,
    ThreadFactory,
    UserFactory,
    signed_up,
)

# Searching for the first word of a pair must not bring the second: a page may say again what was asked for.
INSIDE = ["kvadrille", "tangofest", "mazurkabod", "polkagris", "reelsang", "valsehjul", "hopsatrin", "rheinlaender"]
INSIDE += ["galopade", "anglaisebog"]  # the name of a file, and what stands in it
INSIDE += ["polskapost", "menuetord", "gavottegrund", "bourreeheld"]
INSIDE += ["polonaisebud", "ecossaisenyt"]  # what is written to all in the space
# In a status, in what a post said before, in one that was removed, and in why a thread was closed.
OLDER = ["menuetstatus", "gavottefoer", "sarabandevaek", "passepiedlukket"]
# At meetings: title, place, description, question, link, note, a line of the notes.
MEETINGS = [
    "kotillonmoede",
    "ecossaisesal",
    "quadrilletekst",
    "tarantelspoerg",
    "boleropost",
    "rigaudonnote",
    "chaconnelinje",
]
# Cut from a mail that became a post: read by its author alone, and not by the facilitators either.
CUT = ["krakowiakhilsen", "csardascitat"]
HIDDEN = ["skjulebakke", "gemmevig", "skjulebakke-gemmevig"]
# In the template of a space, an invitation and a reason to suspend: for members, the invited, the suspended alone.
TEMPLATE, INVITATION, SUSPENSION = DOOR = ["fandangoramme", "sambaskridt", "jitterbugfald"]
PEOPLE = ["Dorthe Danserinde", "koreograf", "dorthe.danserinde"]
# What she shows those alone with whom she shares a space: about herself, and how much she can be asked.
FIELDS = ["pilekvistfelt", "rosenrodgraense"]


@dataclass
class House:
    samples: dict = field(default_factory=dict)
    readers: dict = field(default_factory=dict)
    member: object = None


@pytest.fixture
def house(campaign, django_user_model):
    """Two closed spaces with everything planted in them, and all those who are to see nothing of it."""
    call_command("set_up_roles", verbosity=0)
    place = MunicipalityFactory(is_fictional=True)
    person = MemberFactory(
        name=PEOPLE[0],
        email=f"{PEOPLE[2]}@eksempel.example",
        profile__role=PEOPLE[1],
        profile__municipality=place,
        profile__about=FIELDS[0],
        profile__ask_limit=FIELDS[1],
        profile__about_seen="spaces",
        profile__topics_seen="spaces",
    )
    told = SpaceFactory(name="Rum med dør", slug="rum-med-doer", kind="on_request")
    hidden = SpaceFactory(name=f"{HIDDEN[0]} {HIDDEN[1]}", slug=HIDDEN[2], purpose=" ".join(HIDDEN), kind="hidden")
    for space in (told, hidden):
        MembershipFactory(space=space, user=person, role="facilitator")
    threads = [
        ThreadFactory(space=told, author=person, title=f"{INSIDE[0]} {INSIDE[1]}", text=f"{INSIDE[2]} {INSIDE[3]}"),
        ThreadFactory(space=hidden, author=person, title=f"{INSIDE[0]} {INSIDE[1]}", text=f"{INSIDE[2]} {INSIDE[3]}"),
    ]
    for thread in threads:
        PostFactory(thread=thread, author=person, text=f"{INSIDE[4]} {INSIDE[5]}")
        # What has been begun there, and a thread in the open that points at what is closed.
        save_draft(person, of_reply(thread), "", f"{INSIDE[4]} {INSIDE[5]}")
        save_draft(person, of_new_thread(thread.space), f"{INSIDE[0]} {INSIDE[1]}", f"{INSIDE[2]} {INSIDE[3]}")
        paper = SimpleUploadedFile(f"{INSIDE[8]}.txt", f"{INSIDE[9]} som den var.".encode())
        reply(person, thread, "Vedhæftet.", files=[attach(person, thread.space, paper).pk])
    read_unread()
    pointing = SpaceFactory(name="Åbent rum", slug="aabent-rum", kind="open")
    ThreadFactory(space=pointing, author=person, title="Herfra peges", text=f"Se #tråd-{threads[1].pk}.")
    reports = [moderated(thread) for thread in threads]
    for thread in threads:
        plant_older(thread, person)
    meetings = [plant_meeting(space, person) for space in (told, hidden)]
    asker = MemberFactory()
    asked = join.ask(asker, told, f"{INSIDE[6]} {INSIDE[7]}")
    removed = MemberFactory(name="Fjernet Person")
    for space, (to_come, *_rest) in zip((told, hidden), meetings, strict=True):
        gone = MembershipFactory(space=space, user=removed)
        # She is told of it as long as she is in.
        announce(person, space, *INSIDE[14:16])
        happen(Event.What.MEETING, space, who=person, meeting=to_come)
        fan_out.work()
        join.remove(person, gone)
    invited, suspended = MemberFactory(), MemberFactory()
    for space in (told, hidden):
        Space.objects.filter(pk=space.pk).update(first_words=TEMPLATE)
        join.invite(person, space, invited, INVITATION)
        join.suspend(person, MembershipFactory(space=space, user=suspended), SUSPENSION)
    for thread in threads:
        touch("thread", [thread.pk])
        touch("post", thread.posts.values_list("pk", flat=True))
    outbox.work()
    assert Notice.objects.filter(user=removed, verb="meeting").count() == 2
    found = samples(told, hidden, threads, asked, person)
    to_come, over, questions, actions = zip(*meetings, strict=True)
    found |= {
        "meeting": [meeting.pk for meeting in (*to_come, *over)],
        "meeting_slug": [MEETINGS[0]],
        "question": [question.pk for question in questions],
        "question_act": ["stem", "tag-af"],
        "action_to_tick": [action.pk for action in actions],
    }
    found |= dict(zip(("report", "done", "held"), map(list, zip(*reports, strict=True)), strict=True))
    at_the_door = {"pending": asker, "invited": invited, "suspended": suspended}
    return House(found, readers(removed) | at_the_door, person)


def moderated(thread):
    """A post that is reported, one that is hidden, one that waits to be let forth; return the ids of their cases."""
    space = thread.space
    facilitator = Membership.objects.get(space=space, role="facilitator").user
    reporter = MembershipFactory(space=space).user
    reported = report(reporter, PostFactory(thread=thread, text=INSIDE[10]), "other", INSIDE[11])
    act = hide(facilitator, report(reporter, PostFactory(thread=thread), "advert"), INSIDE[12])
    newcomer = MembershipFactory(space=space, is_on_trial=True).user
    space.holds_first_post = True
    held = reply(newcomer, thread, INSIDE[13])
    return reported.pk, act.pk, held.pk


def plant_meeting(space, person):
    """A meeting to come with a question, a seat and a link, and one that is over, with its notes."""
    texts = {"title": MEETINGS[0], "place": MEETINGS[1], "html": f"<p>{MEETINGS[2]}</p>"}
    to_come = MeetingFactory(space=space, link=f"https://{MEETINGS[4]}.example/", **texts)
    QuestionFactory(meeting=to_come, text=MEETINGS[3])
    signed_up(to_come, person, note=MEETINGS[5])
    over = MeetingFactory(space=space, starts_at=timezone.now() - timedelta(days=1), **texts)
    asked = QuestionFactory(meeting=over, text=MEETINGS[3])
    action = write_line(person, asked, "action", MEETINGS[6], owner=person, due_on=timezone.localdate())
    close_notes(person, over)
    return to_come, over, asked, action


def plant_older(thread, person):
    """Words in the places where what is said stands besides the posts: each in a place of its own."""
    write_status(person, thread, OLDER[0], 0)
    edited = PostFactory(thread=thread, author=person, text=OLDER[1])
    edit_post(person, edited, "Rettet.", version=1)
    IncomingMail.objects.create(key=f"{thread.pk}", user=person, state="posted", post=edited, cut=" ".join(CUT))
    remove_post(person, PostFactory(thread=thread, author=person, text=OLDER[2]))
    tend.close(person, thread, OLDER[3])


def readers(removed):
    """Everyone who is not in the two spaces."""

    def in_group(name):
        user = MemberFactory(name=f"En {name}")
        user.groups.add(Group.objects.get(name=name))
        return user

    return {
        "stranger": None,
        "without-profile": UserFactory(),
        "member-elsewhere": MembershipFactory(space=SpaceFactory(kind="open")).user,
        "removed": removed,
        "editor": in_group("Redaktør"),
        "administrator": in_group("Administrator"),
    }


READERS = ["stranger", "without-profile", "member-elsewhere", "removed", "editor", "administrator"]
# Each of these knows one thing more than an outsider: what she wrote herself, or what was written to her.
AT_THE_DOOR = {
    "pending": [*INSIDE[:6], *INSIDE[8:], *OLDER, *CUT, *HIDDEN, *DOOR],
    "invited": [*INSIDE, *OLDER, *CUT, TEMPLATE, SUSPENSION],
    "suspended": [*INSIDE, *OLDER, *CUT, TEMPLATE, INVITATION],
}


def samples(told, hidden, threads, asked, person):
    """For each name in an address the values to try."""
    page = Page.objects.get(slug="kvalitative-interviews")
    page.specific.save_revision()
    revisions = list(Revision.objects.for_instance(page.specific).values_list("pk", flat=True))
    picture = Picture.objects.create(title="Et billede", description="Et billede", file=get_test_image_file())
    document = File.objects.first()
    workflow, task = Workflow.objects.first(), Task.objects.first()
    return {
        "slug": [told.slug, hidden.slug],
        "thread_slug": [threads[0].slug],
        "thread": [thread.pk for thread in threads],
        "number": ["1", "7"],  # the question, and the one that was edited
        "name": ["side", "kommune", "traad"],
        "file": list(Attachment.objects.values_list("pk", flat=True)),
        "file_name": [f"{INSIDE[8]}.txt"],
        "membership": list(Membership.objects.filter(user=person).values_list("pk", flat=True)),
        "request": [asked.pk],
        "draft": list(Draft.objects.visible_to(person).values_list("pk", flat=True)),
        "person": [person.pk],
        "notice": list(Notice.objects.values_list("pk", flat=True)[:8]),
        "pk": sorted({told.pk, hidden.pk, *(thread.pk for thread in threads), asked.pk, person.pk}),
        "act": ["skjul", "godkend", "udeluk"],
        "object_id": [told.pk, threads[1].pk, person.pk],
        "page_id": [page.pk],
        "page_pk": [page.pk],
        "parent_page_id": [page.get_parent().pk],
        "page_to_move_id": [page.pk],
        "destination_id": [page.get_parent().pk],
        "page_view_restriction_id": ["1"],
        "restriction_id": ["1"],
        "revision_id": revisions[:1],
        "revision_id_a": revisions[:1],
        "revision_id_b": ["latest"],
        "image_id": [picture.pk],
        "filter_spec": ["width-100"],
        "document_id": [document.pk],
        "doc_id": [document.pk],
        "uploaded_file_id": ["1"],
        "collection_id": ["1"],
        "session_id": ["1"],
        "content_type_app_name": ["methods"],
        "content_type_model_name": ["methodpage"],
        "app_label": ["network"],
        "app_name": ["network"],
        "model_name": ["space", "thread", "post", "accessrequest", "profile"],
        "action": ["delete"],
        "action_name": ["approve"],
        "workflow_pk": [workflow.pk],
        "workflow_state_id": ["1"],
        "task_id": [task.pk],
        "task_state_id": ["1"],
        "redirect_id": ["1"],
        "service": ["linkedin"],
        "path": ["images/x.jpg"],
        "key": ["a" * 43],
        "uidb36": ["1"],
        "uidb64": ["MQ"],
        "token": ["set-password"],
        # Without names: the catch-all of the page tree, and a file by number and name.
        "_0": [document.pk, "netvaerk/rum/"],
        "_1": [document.filename],
    }


# --- the addresses ------------------------------------------------------------------------------------


def addresses(resolver=None, before="/"):
    """Every address of the resolver, with <name> where something is to be filled in."""
    for entry in (resolver or get_resolver()).url_patterns:
        address = before + plain(entry.pattern)
        if isinstance(entry, URLPattern):
            yield address
        else:
            yield from addresses(entry, address)


def plain(pattern):
    """A part of an address as it is written, whether it is a route or a regular expression."""
    if not isinstance(pattern, RegexPattern):
        return re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", str(pattern))
    text, _names = normalize(pattern.regex.pattern)[0]
    return re.sub(r"%\((\w+)\)s", r"<\1>", text)


# What a number in an address is the number of, where it is known: else all ids there are would be tried, and so many
# addresses of nothing be asked.
OF_WHAT = {
    "/kalender/<pk>-": "/kalender/<meeting>-",
    "/spoergsmaal/<question>/<act>/": "/spoergsmaal/<question>/<question_act>/",
    "/opgaver/<pk>/": "/opgaver/<action_to_tick>/",
    "<pk>-<thread_slug>": "<thread>-<thread_slug>",
    "/filer/<pk>/<name>": "/filer/<file>/<file_name>",
    "/filer/<pk>/": "/filer/<file>/",
    "/medlemmer/<pk>/": "/medlemmer/<membership>/",
    "/medlem/<pk>/": "/medlem/<person>/",
    "/beskeder/<pk>/": "/beskeder/<notice>/",
    "/anmodninger/<pk>/": "/anmodninger/<request>/",
    "/kladder/<pk>/": "/kladder/<draft>/",
    "/gennemsyn/anmeldelse/<pk>/": "/gennemsyn/anmeldelse/<report>/",
    "/gennemsyn/indlaeg/<pk>/": "/gennemsyn/indlaeg/<held>/",
    "/gennemsyn/fortryd/<pk>/": "/gennemsyn/fortryd/<done>/",
}


def filled(address, samples):
    """Return the address with each combination of values; raise KeyError for a name nobody knows a value for."""
    for place, name in OF_WHAT.items():
        address = address.replace(place, name)
    names = list(dict.fromkeys(re.findall(r"<(\w+)>", address)))
    for values in product(*(samples[name] for name in names)):
        found = address
        for name, value in zip(names, values, strict=True):
            found = found.replace(f"<{name}>", str(value))
        yield found


def client_of(reader):
    client = Client(raise_request_exception=False)
    if reader is not None:
        client.force_login(reader)
    return client


def told_by(response):
    """Everything that an answer carries: its text, and where it leads."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode("utf-8", "replace") + unquote(response.headers.get("Location", ""))


BREAKS_ON_PURPOSE = "/admin/failwhale/"  # Wagtail's own trial of its error page
LEAVES = {"/konto/log-ud/", "/admin/logout/"}


def leaks(words, answer):
    return [word for word in words if word.casefold() in answer.casefold()]


def own_address(address):
    """The parts of an address that the asker wrote herself may stand in the answer (in a form's action, a next)."""
    return re.compile(re.escape(address))


@pytest.mark.parametrize("reader", [*READERS, *AT_THE_DOOR])
def test_no_address_tells_an_outsider_what_is_said_inside(house, reader):
    client = client_of(house.readers[reader])
    forbidden = list(AT_THE_DOOR.get(reader, [*INSIDE, *MEETINGS, *HIDDEN, *OLDER, *CUT, *DOOR]))
    if reader in ("stranger", "without-profile"):
        forbidden += PEOPLE
    if reader == "administrator":
        # Who may manage spaces and people sees names of spaces and people in the admin; never what is said.
        forbidden = [*INSIDE, *MEETINGS, *OLDER, *CUT, *DOOR]
    found, unknown = [], []
    for address in sorted(set(addresses())):
        if address in LEAVES:
            continue
        try:
            places = list(filled(address, house.samples))
        except KeyError as missing:
            unknown.append(f"{address}: {missing}")
            continue
        for place in places:
            response = client.get(place)
            answer = told_by(response)
            if response.status_code != 404:
                answer = own_address(place).sub("", answer)
            if words := leaks(forbidden, answer):
                found.append(f"{place} ({response.status_code}): {words}")
            if response.status_code >= 500 and place != BREAKS_ON_PURPOSE:
                found.append(f"{place}: {response.status_code}")
    assert not unknown, "Say what to fill in: " + "\n".join(unknown)
    assert not found, "\n".join(found)


QUESTIONS = [
    "/soeg/?q={}",
    "/soeg/?q={}x",
    "/soeg/?q={}&praecis=1",
    "/soeg/?q={}&sorter=nyeste",
    "/soeg/?q={}&type=traad&type=indlaeg",
    "/soeg/?type=traad&type=indlaeg&w={}",
    "/soeg/forslag/?q={}",
    "/soeg/forslag/?q={:.4}",
    "/metoder/?q={}",
    "/vaerktoejer/?q={}",
    "/casefortaellinger/?q={}",
    "/kommuner/?q={}",
    "/nyheder/?q={}",
    "/publikationer/?q={}",
    "/netvaerk/?q={}",
    "/netvaerk/medlemmer/?q={}",
    "/netvaerk/rum/rum-med-doer/forslag/personer/?q={}",
    "/netvaerk/rum/rum-med-doer/forslag/henvisninger/?q={}",
    "/admin/pages/search/?q={}",
    "/admin/images/?q={}",
    "/admin/documents/?q={}",
    "/admin/users/?q={}",
    "/admin/spaces/?q={}",
    "/admin/municipalities/?q={}",
    "/admin/snippets/taxonomy/tag/?q={}",
    "/admin/reports/site-history/?object_type=&label={}",
    "/admin/choose-page/search/?q={}",
    "/admin/tag-autocomplete/taxonomy/tag/?term={}",
]
FILE_PAIRS = [(INSIDE[8], INSIDE[9])]
PAIRS = [
    *FILE_PAIRS,
    (INSIDE[0], INSIDE[1]),
    (INSIDE[2], INSIDE[3]),
    (INSIDE[4], INSIDE[5]),
    (INSIDE[6], INSIDE[7]),
    HIDDEN[:2],
]
PAIRS.insert(0, (MEETINGS[1], MEETINGS[0]))


@pytest.mark.parametrize("reader", READERS)
def test_no_search_brings_what_is_said_inside(house, reader):
    client = client_of(house.readers[reader])
    pairs = PAIRS[:-1] if reader == "administrator" else PAIRS
    if reader in ("stranger", "without-profile"):
        pairs = [*pairs, ("Dorthe", "Danserinde")]
    found = []
    for question, (asked, beside) in product(QUESTIONS, pairs):
        response = client.get(question.format(asked))
        if response.status_code >= 500 or leaks([beside], told_by(response)):
            found.append(f"{question.format(asked)} ({response.status_code})")
    assert not found, "\n".join(found)


def test_nobody_is_found_by_what_she_shows_to_others_alone(house):
    """Her name stands at the door of a space she runs and in the list of members; no field is to lead to it."""
    for reader, word in product([*READERS, *AT_THE_DOOR], FIELDS):
        answer = told_by(client_of(house.readers[reader]).get(f"/netvaerk/medlemmer/?q={word}"))
        assert not leaks(["Danserinde"], answer), (reader, word)


@pytest.mark.parametrize("reader", READERS)
def test_no_word_from_inside_stands_on_a_public_page(house, reader):
    client = client_of(house.readers[reader])
    pages = [page.url for page in Page.objects.live() if page.url]
    tags = [f"/emneord/{slug}/" for slug in Tag.objects.values_list("slug", flat=True)]
    # The plain kinds once, not each method: what a page shows beside its own text is the same for all of a kind.
    few = {re.sub(r"[^/]+/$", "", url): url for url in pages}.values()
    for url in [*few, *tags[:5], "/sitemap.xml", "/robots.txt", "/findes-ikke/"]:
        assert not leaks([*INSIDE, *MEETINGS, *HIDDEN, *OLDER], told_by(client.get(url))), url


def test_a_member_of_the_space_sees_all_of_it(house):
    """The control: the words stand where they belong, so that the tests above could fail."""
    client = client_of(house.member)
    seen = ""
    for address in (
        "/netvaerk/rum/<slug>/",
        "/netvaerk/rum/<slug>/medlemmer/",
        "/netvaerk/rum/<slug>/gennemsyn/",
        "/netvaerk/rum/<slug>/meddelelser/",
        "/netvaerk/rum/<slug>/<pk>-<thread_slug>/",
        "/netvaerk/rum/<slug>/<pk>-<thread_slug>/<number>/historik/",
        "/netvaerk/rum/<slug>/filer/<pk>/<name>",
    ):
        seen += "".join(told_by(client.get(place)) for place in filled(address, house.samples))
    assert set(leaks([*INSIDE, *HIDDEN, *OLDER], seen)) == {*INSIDE, *HIDDEN, *OLDER} - {OLDER[2]}
    colleague = client_of(MembershipFactory(space=Space.objects.get(slug="rum-med-doer")).user)
    assert leaks(FIELDS, told_by(colleague.get(f"/netvaerk/medlem/{house.member.pk}/"))) == FIELDS
    assert leaks(["Danserinde"], told_by(colleague.get(f"/netvaerk/medlemmer/?q={FIELDS[0]}")))
    found = "".join(told_by(client.get(f"/soeg/?q={word}")) for word in (INSIDE[0], INSIDE[2], INSIDE[4]))
    assert set(leaks(INSIDE[:6], found)) == set(INSIDE[:6])


def test_a_member_of_the_space_reads_of_its_meetings(house):
    """The control for the words of the meetings, in the calendar, on their pages and in what is found."""
    client = client_of(house.member)
    seen = "".join(told_by(client.get(place)) for place in filled("/kalender/<pk>-<meeting_slug>/", house.samples))
    assert set(leaks(MEETINGS, seen)) == set(MEETINGS)
    for address in ("/kalender/", f"/soeg/?q={MEETINGS[1]}", "/netvaerk/rum/rum-med-doer/moeder/"):
        assert MEETINGS[0] in told_by(client.get(address))


def test_what_was_cut_from_a_mail_is_read_by_its_author_alone(house):
    """Whoever runs the space reads all else of it."""
    told = Space.objects.get(slug="rum-med-doer")
    colleague = client_of(MembershipFactory(space=told, role="facilitator").user)
    number = {**house.samples, "slug": [told.slug], "thread": house.samples["thread"][:1], "number": ["7"]}
    for address in sorted(set(addresses())):
        if address.startswith((NETWORK, REVIEW)):
            for place in filled(address, number):
                assert not leaks(CUT, told_by(colleague.get(place))), place
    for word in CUT:
        assert not leaks([w for w in CUT if w != word], told_by(colleague.get(f"/soeg/?q={word}")))
    edit = "/netvaerk/rum/<slug>/<pk>-<thread_slug>/<number>/ret/"
    seen = "".join(told_by(client_of(house.member).get(place)) for place in filled(edit, number))
    assert leaks(CUT, seen) == CUT


@pytest.fixture
def mails(house, settings, tmp_path):
    """Call it with a person for her mails as she reads them: every letter that is owed is sent now, and a collected
    mail to everyone.
    """
    settings.DEV_MAIL, settings.EMAIL_BACKEND = tmp_path / "mail", "accounts.dev_mail.KeptMail"
    long_ago, now = timezone.now() - timedelta(days=30), timezone.now()
    for user in get_user_model().objects.filter(is_active=True):
        slot = DigestSlot.objects.create(user=user, period="x", since=long_ago, until=now + timedelta(minutes=1))
        queue("digest", user, slot=slot.pk)
    Membership.objects.update(read_until=long_ago)
    Letter.objects.update(due_at=now)
    deliver_waiting()
    client = Client()

    def read(user):
        names = re.findall(r'href="/dev/mail/([\d-]+\.eml)/"', told_by(client.get(f"/dev/mail/?til={user.email}")))
        places = [f"/dev/mail/{name}/{part}" for name in names for part in ("", "html/")]
        return "".join(told_by(client.get(place)) for place in places)

    return read


def test_no_mail_tells_an_outsider_what_is_said_inside(house, mails):
    for reader, user in house.readers.items():
        if user is not None:
            forbidden = AT_THE_DOOR.get(reader, [*INSIDE, *MEETINGS, *HIDDEN, *OLDER, *CUT, *DOOR])
            assert not leaks(forbidden, mails(user)), reader
    # The control: so much was said to those whom it concerns.
    assert leaks(DOOR, mails(house.readers["invited"])) == [INVITATION]
    assert leaks(DOOR, mails(house.readers["suspended"])) == [SUSPENSION]
    inside = mails(Membership.objects.filter(space__slug=HIDDEN[2], role="member").first().user)
    assert leaks([*INSIDE[:2], *HIDDEN], inside) == [*INSIDE[:2], *HIDDEN] and not leaks(CUT, inside)


def test_what_is_said_at_the_door_is_read_by_whom_it_concerns(house):
    """The control for the words of the door."""
    client = client_of(house.member)
    seen = ""
    for address in ("/netvaerk/rum/<slug>/facilitator/", "/netvaerk/rum/<slug>/indstillinger/"):
        seen += "".join(told_by(client.get(place)) for place in filled(address, house.samples))
    assert leaks(DOOR, seen) == DOOR
    for reader, word in (("invited", INVITATION), ("suspended", SUSPENSION)):
        door = told_by(client_of(house.readers[reader]).get(f"/netvaerk/rum/{HIDDEN[2]}/"))
        assert leaks([*DOOR, *INSIDE], door) == [word]


NETWORK, REVIEW = "/netvaerk/rum/", "/netvaerk/gennemsyn/"
MEETING, ACTIONS = "/kalender/<pk>", "/netvaerk/opgaver/<pk>"


@pytest.mark.parametrize("reader", READERS)
def test_a_hidden_space_is_answered_as_one_that_is_not_there(house, reader):
    client = client_of(house.readers[reader])
    for address in sorted(set(addresses())):
        if not address.startswith(NETWORK):
            continue
        for place in filled(address, {**house.samples, "slug": [HIDDEN[2]]}):
            there, nowhere = client.get(place), client.get(place.replace(HIDDEN[2], "findes-slet-ikke"))
            assert there.status_code == nowhere.status_code, place
            assert masked(there) == masked(nowhere), place
            if there.status_code == 404:
                assert HIDDEN[2] not in told_by(there)


def masked(response):
    """The answer without what changes at every asking, and without the address that the asker wrote."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", told_by(response))
    return text.replace(HIDDEN[2], "·").replace("findes-slet-ikke", "·")


@pytest.mark.parametrize("reader", [*READERS, "pending", "suspended"])
def test_nothing_is_written_by_someone_who_may_not(house, reader):
    client = client_of(house.readers[reader])
    # At the door the one who asked reads what she wrote herself.
    forbidden = [word for word in AT_THE_DOOR.get(reader, INSIDE) if word in INSIDE] + OLDER
    before = counts()
    for address in sorted(set(addresses())):
        if address.startswith((NETWORK, REVIEW, MEETING, ACTIONS)) and not address.endswith("/bed-om-adgang/"):
            for place in filled(address, house.samples):
                data = {"text": "ind ad vinduet", "title": "ind", "version": 1, "answer": "ja", "accept": "1"}
                data |= {"addresses": "ny@eksempel.example", "role": "facilitator", "name": "nyt", "kind": "open"}
                data |= {"reason": "advert", "words": "ind", "why": "ind"}
                data |= {"on": "1", "numbers": ["2"], "til": "aabent", "med": house.samples["thread"][0]}
                response = client.post(place, data)
                assert response.status_code in (302, 403, 404, 405, 409), place
                assert not leaks(forbidden, own_address(place).sub("", told_by(response)))
    assert counts() == before


def counts():
    from network.models import (
        Event,
        Meeting,
        ModerationAct,
        Outcome,
        Post,
        Question,
        QuestionVote,
        Report,
        Seat,
        Thread,
    )

    return [
        *(
            model.objects.count()
            for model in (Space, Membership, AccessRequest, Thread, Post, Event, Profile, Attachment)
        ),
        *(model.objects.count() for model in (Space, Membership, AccessRequest, Thread, Post, Event, Profile)),
        *(model.objects.count() for model in (ModerationAct, Report, Meeting, Question, QuestionVote, Outcome)),
        Seat.past_the_rule.count(),
        sorted(Meeting.objects.values_list("title", "state", "sequence")),
        sorted(Report.objects.values_list("state", flat=True)),
        sorted(Space.objects.values_list("name", "kind", "archived_at")),
        sorted(Membership.anyone.values_list("user", "space", "state", "role")),
        sorted(Post.objects.values_list("version", "source", "state", "number", "thread", "number_of_thanks")),
        sorted(Thread.objects.values_list("pk", "space", "state", "status_source", "closed_why", "last_number")),
        Thread.objects.exclude(pinned_at=None).count(),
        sorted(AccessRequest.objects.values_list("state", flat=True)),
    ]


@pytest.mark.parametrize("reader", [*READERS, "member"])
def test_no_cache_keeps_a_page_of_the_network(house, reader):
    client = client_of(house.member if reader == "member" else house.readers[reader])
    for address in (
        "/netvaerk/rum/<slug>/",
        "/netvaerk/rum/<slug>/<pk>-<thread_slug>/",
        "/netvaerk/rum/<slug>/filer/",
        "/netvaerk/",
    ):
        for place in filled(address, house.samples):
            response = client.get(place)
            if response.status_code in (200, 403):
                assert "no-store" in response.headers.get("Cache-Control", ""), place
