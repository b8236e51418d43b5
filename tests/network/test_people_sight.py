"""Who sees which field of a member: one rule, asked of one and of many, on every page that shows people."""

import re
from itertools import product

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from methods.models import MethodPage
from network import join, pointing, portrait
from network.file_keeping import missing, sweep
from network.inviting import named, people_to_invite
from network.models import Membership, Profile, Seen, Space
from network.models.files import closed_files
from network.person import whole_face
from network.rule import Act, Kind
from network.who_sees import FIELDS, Eyes, field_shown, seen_by, shown_people
from taxonomy.models import Theme
from tests.factories import (
    MemberFactory,
    MembershipFactory,
    MunicipalityFactory,
    PostFactory,
    SpaceFactory,
    ThreadFactory,
    UserFactory,
)
from tests.network import made_files as made
from tests.network.test_rooms_pages import as_, asked, said

pytestmark = pytest.mark.django_db
WORDS = {
    "role": "vildtkonsulent",
    "place": "Gaasevang Kommune",
    "about": "Jeg tæller trækfugle ved fjorden.",
    "phone": "12 34 56 78",
    "topics": "højst tre spørgsmål om året",
}


@pytest.fixture(autouse=True)
def own_disk(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "members": {"BACKEND": "network.storage.ClosedFiles", "OPTIONS": {"location": tmp_path / "files"}},
    }
    return tmp_path / "files"


@pytest.fixture
def anna(campaign):
    place = MunicipalityFactory(name="Gaasevang", full_name=WORDS["place"], is_fictional=True)
    user = MemberFactory(
        name="Anna Prøve",
        profile__role=WORDS["role"],
        profile__municipality=place,
        profile__about=WORDS["about"],
        profile__phone=WORDS["phone"],
        profile__ask_limit=WORDS["topics"],
    )
    profile = Profile.objects.get(user=user)
    profile.methods.add(MethodPage.objects.get(slug="kvalitative-interviews"))
    profile.themes.add(Theme.objects.first())
    return user


def show(user, **seen):
    Profile.objects.filter(user=user).update(**{f"{field}_seen": to for field, to in seen.items()})


def everything(user, to):
    show(user, **dict.fromkeys(FIELDS, to))


def shared(user, **room):
    """Someone who is in a space with `user`."""
    space = SpaceFactory(**room)
    MembershipFactory(space=space, user=user)
    return MembershipFactory(space=space).user


def profile_page(reader, person):
    return said(as_(reader).get(reverse("member", args=[person.pk])))


# --- the rule -------------------------------------------------------------------------------------------


def test_at_first_role_and_place_alone_are_seen(anna):
    page = profile_page(MemberFactory(), anna)
    assert {field for field, word in WORDS.items() if word.lower() in page.lower()} == {"role", "place"}
    assert "Kvalitative interviews" not in page


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_is_seen_by_those_it_is_shown_to_and_by_nobody_else(anna, field):
    readers = {
        "own": anna,
        "colleague": shared(anna),
        "network": MemberFactory(),
        "stranger": None,
        "without-profile": UserFactory(),
        "unlisted": shared(anna, has_members=False),
    }
    wanted = {
        Seen.ME: {"own"},
        Seen.SPACES: {"own", "colleague"},
        Seen.NETWORK: {"own", "colleague", "network", "unlisted"},
    }
    for to, who in wanted.items():
        show(anna, **{field: to})
        profile = Profile.objects.get(user=anna)
        seeing = {name for name, reader in readers.items() if field_shown(reader, profile, field)}
        assert seeing == who, to


def test_asked_of_one_and_of_many_the_rule_answers_the_same(anna):
    space, silent = SpaceFactory(), SpaceFactory(kind="hidden", has_members=False)
    people = [anna, *(MembershipFactory(space=space).user for _n in range(2)), MemberFactory()]
    MembershipFactory(space=silent, user=people[0])
    MembershipFactory(space=silent, user=people[3])
    Membership.anyone.create(space=space, user=people[3], state=Membership.State.SUSPENDED)
    for number, person in enumerate(people):
        show(person, about=Seen.values[number % 3], phone=Seen.SPACES)
    for reader, field in product([*people, UserFactory(), None], FIELDS):
        many = set(shown_people(reader).filter(seen_by(reader, field)).values_list("user", flat=True))
        one = {p.user_id for p in Profile.objects.select_related("user") if field_shown(reader, p, field)}
        assert many == one, (reader, field)


def test_someone_suspended_invited_or_gone_shares_no_space_any_more(anna):
    everything(anna, Seen.SPACES)
    space = SpaceFactory()
    MembershipFactory(space=space, user=anna, role="facilitator")
    gone, out = MembershipFactory(space=space), MembershipFactory(space=space)
    invited = MemberFactory()
    join.invite(anna, space, invited)
    for person in (gone.user, out.user):
        assert WORDS["about"] in profile_page(person, anna)
    join.remove(anna, gone)
    join.suspend(anna, out, "Sådan.")
    for person in (gone.user, out.user, invited):
        page = profile_page(person, anna)
        assert not [word for word in WORDS.values() if word.lower() in page.lower()]


def test_a_space_without_a_list_of_members_opens_nothing_until_it_has_one(anna):
    everything(anna, Seen.SPACES)
    reader = shared(anna, name="Stille rum", kind="hidden", has_members=False)
    assert WORDS["about"] not in profile_page(reader, anna)
    Space.objects.filter(name="Stille rum").update(has_members=True)
    assert WORDS["about"] in profile_page(reader, anna)


def test_what_is_taken_back_is_gone_at_once(anna):
    reader = MemberFactory()
    everything(anna, Seen.NETWORK)
    page = profile_page(reader, anna)
    assert all(word.lower() in page.lower() for word in WORDS.values()) and "Kvalitative interviews" in page
    everything(anna, Seen.ME)
    page = profile_page(reader, anna)
    assert not [word for word in WORDS.values() if word.lower() in page.lower()]
    assert "Kvalitative interviews" not in page and "Kommunal medarbejder" not in page


def test_who_has_left_has_no_page(anna):
    everything(anna, Seen.NETWORK)
    anna.is_active = False
    anna.save()
    assert as_(MemberFactory()).get(reverse("member", args=[anna.pk])).status_code == 404


# --- wherever people are shown -----------------------------------------------------------------------------


def test_beside_a_post_stands_what_the_reader_sees_and_no_more(anna):
    thread = ThreadFactory(author=anna)
    reader = MembershipFactory(space=thread.space).user
    client = as_(reader)
    for place in (thread.get_absolute_url(), thread.space.get_absolute_url(), reverse("network")):
        show(anna, role=Seen.NETWORK, place=Seen.NETWORK)
        before = said(client.get(place))
        assert "Vildtkonsulent, Gaasevang Kommune" in before, place
        show(anna, role=Seen.ME, place=Seen.ME)
        after = said(client.get(place))
        assert "vildtkonsulent" not in after.lower() and "Gaasevang" not in after, place


def test_a_page_with_many_who_show_their_spaces_alone_asks_once(anna):
    thread = ThreadFactory(author=anna)
    reader = MembershipFactory(space=thread.space).user
    without = asked(reader, thread.get_absolute_url())
    for _number in range(6):
        author = PostFactory(thread=thread).author
        show(author, role=Seen.SPACES, picture=Seen.SPACES)
        Profile.objects.filter(user=author).update(picture="aa/bb")
    assert len(asked(reader, thread.get_absolute_url())) <= len(without) + 1


def test_a_name_that_two_have_is_told_apart_by_what_the_writer_sees(anna):
    space = SpaceFactory()
    writer = MembershipFactory(space=space).user
    other = MemberFactory(name=anna.name)
    for person in (anna, other):
        MembershipFactory(space=space, user=person)
    text = f"Hej @{anna.name}, {WORDS['place']}"
    assert pointing.write(writer, space, text).people == [anna]
    rows = as_(writer).get(reverse("suggest-people", args=[space.slug]), {"q": "Anna"}).json()["rows"]
    assert f"Anna Prøve, {WORDS['place']}" in [row["text"] for row in rows]
    show(anna, place=Seen.ME, role=Seen.ME)
    assert pointing.write(writer, space, text).people == []
    answer = as_(writer).get(reverse("suggest-people", args=[space.slug]), {"q": "Anna"})
    assert "Gaasevang" not in answer.content.decode() and "vildt" not in answer.content.decode()


def test_nobody_is_found_for_an_invitation_by_a_place_that_is_not_seen(anna):
    facilitator = MembershipFactory(role="facilitator")
    people = people_to_invite(facilitator.space)
    assert anna in named(people, "Gaasevang", facilitator.user)
    show(anna, place=Seen.ME)
    assert anna not in named(people, "Gaasevang", facilitator.user)
    assert anna in named(people, "Anna", facilitator.user)
    page = said(as_(facilitator.user).get(reverse("space-invite", args=[facilitator.space.slug]), {"q": "Anna"}))
    assert "Anna Prøve, vildtkonsulent" in page.replace("Vildt", "vildt") and "Gaasevang" not in page


def test_a_letter_says_of_a_person_what_its_reader_sees(anna, django_capture_on_commit_callbacks):
    space = SpaceFactory()
    MembershipFactory(space=space, user=anna, role="facilitator")
    for to, is_told in ((Seen.NETWORK, True), (Seen.ME, False)):
        show(anna, role=to, place=to)
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            join.invite(anna, space, MemberFactory(), "Kom med.")
        (letter,) = mail.outbox
        for text in (letter.body, letter.alternatives[0][0]):
            assert ("Gaasevang" in text) is is_told and ("ildtkonsulent" in text) is is_told


# --- what others see of me -------------------------------------------------------------------------------


def test_what_others_see_of_me_is_what_they_see(anna):
    """The page is compared with the real one, section by section, for each way of showing."""
    colleague, outsider = shared(anna, name="Rum ét", slug="rum-et", kind="hidden"), MemberFactory()
    MembershipFactory(space=SpaceFactory(name="Åbent rum", kind=Kind.OPEN), user=anna)
    MembershipFactory(space=SpaceFactory(name="Andet skjult", kind=Kind.HIDDEN), user=anna)
    MembershipFactory(space=SpaceFactory(name="Uden liste", kind=Kind.OPEN, has_members=False), user=anna)
    for number in range(4):
        show(anna, **{field: Seen.values[(number + at) % 3] for at, field in enumerate(FIELDS)})
        page = as_(anna).get(reverse("profile-as-others"), {"rum": "rum-et"}).content.decode()
        network, spaces = faces_in(page)
        assert network == faces_in(as_(outsider).get(reverse("member", args=[anna.pk])).content.decode())[0]
        assert spaces == faces_in(as_(colleague).get(reverse("member", args=[anna.pk])).content.decode())[0]
    assert "Intet" in page


def faces_in(html):
    """The words of each face on a page."""
    parts = html.split('<div class="face">')[1:]
    assert parts
    plain = [re.sub(r"<[^>]+>", " ", re.split(r"</section>|</main>", part)[0]) for part in parts]
    return [" ".join(words.split()) for words in plain]


def test_one_who_shares_no_space_is_told_that_nobody_sees_it(anna):
    assert "ser ingen" in said(as_(anna).get(reverse("profile-as-others")))


def test_a_stranger_is_sent_to_the_sign_in_and_learns_nothing(anna):
    everything(anna, Seen.NETWORK)
    for place in (reverse("member", args=[anna.pk]), reverse("member-picture", args=[anna.pk])):
        known, unknown = Client().get(place), Client().get(place.replace(str(anna.pk), "987654"))
        assert known.status_code == unknown.status_code == 302
        assert known.content == unknown.content == b""


# --- one's own profile -----------------------------------------------------------------------------------


def form_of(user, **changes):
    page = as_(user).get(reverse("profile"))
    form = page.context["form"]
    data = {name: form[name].value() for name in form.fields}
    data |= changes
    return as_(user).post(reverse("profile"), {name: value for name, value in data.items() if value is not None})


def test_a_member_says_what_she_can_be_asked_about_and_who_sees_it(anna):
    tool = MethodPage.objects.exclude(slug="kvalitative-interviews").live().first()
    answer = form_of(anna, about="Spørg mig om fugle.", topics_seen="network", methods=[tool.pk], phone="+45 87654321")
    assert answer.status_code == 302
    profile = Profile.objects.get(user=anna)
    assert (profile.about, profile.topics_seen, profile.about_seen) == ("Spørg mig om fugle.", "network", "me")
    assert [page.pk for page in profile.methods.all()] == [tool.pk] and profile.themes.count() == 1
    page = profile_page(MemberFactory(), anna)
    assert tool.title in page and WORDS["topics"] in page and "Spørg mig om fugle." not in page
    assert form_of(anna).status_code == 302  # once more it is the same
    assert Profile.objects.get(user=anna).methods.get().pk == tool.pk


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("phone", "ring til mig", "Skriv nummeret med tal"),
        ("about", "Borger 010190-1234", "CPR"),
        ("ask_limit", "010190-1234", "CPR"),
        ("about_seen", "alle", "alle"),
        ("methods", ["999999"], "999999"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stands(anna, name, value, sentence):
    answer = form_of(anna, role="ornitolog", **{name: value})
    assert answer.status_code == 400
    assert sentence in said(answer) and 'value="ornitolog"' in answer.content.decode()
    assert Profile.objects.get(user=anna).role == WORDS["role"]


def test_a_first_profile_asks_for_no_more_than_before_and_shows_role_and_place(campaign):
    user = UserFactory(name="Ny Kollega")
    page = said(as_(user).get(reverse("profile")))
    assert "Kan spørges om" not in page and "Hvem kan se det" not in page


# --- the picture -----------------------------------------------------------------------------------------


def put_up(user, name="mig.jpg", content=None):
    upload = made.upload(name, content or made.photograph())
    return as_(user).post(reverse("profile-picture"), {"upload": upload})


def picture_for(reader, person):
    return as_(reader).get(reverse("member-picture", args=[person.pk]))


def test_a_picture_is_made_anew_and_shown_to_those_who_see_it(anna):
    assert put_up(anna).status_code == 302
    reader, colleague = MemberFactory(), shared(anna)
    for to, statuses in ((Seen.ME, (404, 404)), (Seen.SPACES, (200, 404)), (Seen.NETWORK, (200, 200))):
        show(anna, picture=to)
        assert (picture_for(colleague, anna).status_code, picture_for(reader, anna).status_code) == statuses
        page = as_(reader).get(reverse("member", args=[anna.pk])).content.decode()
        assert (f"/medlem/{anna.pk}/billede/" in page) is (statuses[1] == 200)
    answer = picture_for(reader, anna)
    content = b"".join(answer.streaming_content)
    assert answer.headers["Cache-Control"] == "private, no-store" and answer.headers["Content-Type"] == "image/webp"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert content[:4] == b"RIFF" and b"Hemmelig" not in content and b"Exif" not in content.replace(b"EXIF", b"Exif")
    assert Client().get(reverse("member-picture", args=[anna.pk])).status_code == 302


def test_a_picture_stands_beside_what_she_wrote_where_it_is_seen(anna):
    put_up(anna)
    thread = ThreadFactory(author=anna)
    reader = MembershipFactory(space=thread.space).user
    address = f"/medlem/{anna.pk}/billede/"
    assert address not in as_(reader).get(thread.get_absolute_url()).content.decode()
    show(anna, picture=Seen.SPACES)
    assert address in as_(reader).get(thread.get_absolute_url()).content.decode()


def test_the_picture_before_goes_from_the_disk_and_so_does_the_last(anna, django_capture_on_commit_callbacks):
    for _number in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            put_up(anna)
    assert len(list(closed_files().names())) == 1 and missing() == 0
    with django_capture_on_commit_callbacks(execute=True):
        as_(anna).post(reverse("profile-picture"), {"remove": "1"})
    assert not list(closed_files().names()) and not Profile.objects.get(user=anna).picture


def test_the_sweeper_leaves_a_picture_alone_until_its_person_is_erased(anna, monkeypatch):
    put_up(anna)
    monkeypatch.setattr("network.file_keeping.WITHOUT_ROW_FOR", -1)
    assert sweep() == 0 and len(list(closed_files().names())) == 1
    anna.delete()
    assert sweep() == 1 and not list(closed_files().names())


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("referat.pdf", b"%PDF-1.4 ...", "er ikke et billede"),
        ("mig.jpg", b"\xff\xd8\xff\xe0 nej", "er beskadiget"),
        ("mig.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "webside"),
    ],
)
def test_what_is_no_picture_is_refused_in_a_sentence_and_nothing_is_kept(anna, name, content, sentence):
    answer = put_up(anna, name, content)
    assert answer.status_code == 400 and sentence in said(answer)
    assert not list(closed_files().names()) and not Profile.objects.get(user=anna).picture


def test_no_file_at_all_is_said(anna):
    answer = as_(anna).post(reverse("profile-picture"), {})
    assert answer.status_code == 400 and "Vælg et billede." in said(answer)


def test_while_the_scanner_is_silent_no_picture_is_kept(anna, settings):
    settings.CLAMAV_URL = "clamav://127.0.0.1:9"
    answer = put_up(anna)
    assert answer.status_code == 400 and "virustjekket svarer ikke" in said(answer)
    assert not list(closed_files().names())


def test_a_row_that_cannot_be_written_leaves_no_file(anna, monkeypatch):
    monkeypatch.setattr(portrait, "_put", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        portrait.put_up(anna, made.upload("mig.jpg", made.photograph()))
    assert not list(closed_files().names())


def test_only_what_is_listed_stands_on_a_face(anna):
    everything(anna, Seen.NETWORK)
    page = MethodPage.objects.get(slug="kvalitative-interviews")
    page.unpublish()
    face = whole_face(Profile.objects.get(user=anna), Eyes(MemberFactory()).sight(Profile.objects.get(user=anna)))
    assert face.methods == [] and face.themes


def test_a_facilitator_of_a_room_without_a_list_is_told_who_is_in_it_and_no_more(anna):
    """The spaces on a page are another matter than the fields: whoever runs a space knows who is in it."""
    everything(anna, Seen.SPACES)
    space = SpaceFactory(name="Uden liste", has_members=False)
    MembershipFactory(space=space, user=anna)
    runner = MembershipFactory(space=space, role="facilitator").user
    assert Act.RUN and "Uden liste" in profile_page(runner, anna) and WORDS["about"] not in profile_page(runner, anna)
