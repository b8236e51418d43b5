"""The list of members: found by what they show, counted by what the reader sees, and nothing told beyond that."""

from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from methods.models import MethodPage
from network.member_list import PER_PAGE, member_list
from network.models import Municipality, Profile, Seen
from taxonomy.models import Theme
from tests.factories import (
    MemberFactory,
    MembershipFactory,
    MethodUseFactory,
    MunicipalityFactory,
    SpaceFactory,
    UserFactory,
)
from tests.network.test_people_sight import everything, shared, show
from tests.network.test_rooms_pages import as_, said

pytestmark = pytest.mark.django_db
MEMBERS = "/netvaerk/medlemmer/"
OWN_QUERIES = 4  # session, reader, facets with all numbers and what those shown can be asked about, rows
FRAME = 2  # site with its texts and menu, around every page


@pytest.fixture
def reader(campaign):
    return MemberFactory(name="Åse Læser", profile__role="konsulent")


@pytest.fixture
def method(campaign):
    return MethodPage.objects.get(slug="kvalitative-interviews")


def person(name, **profile):
    return MemberFactory(name=name, **{f"profile__{field}": value for field, value in profile.items()})


def knows(user, *methods, themes=(), to=Seen.NETWORK):
    profile = Profile.objects.get(user=user)
    profile.methods.add(*(page.pk for page in methods))
    profile.themes.add(*themes)
    show(user, topics=to)
    return user


def found(reader, **asked):
    return [face.user.name for face in listed(reader, **asked).faces]


def listed(reader, **asked):
    return as_(reader).get(MEMBERS, asked).context["found"]


def counts(reader, facet, **asked):
    shown = next(one for one in listed(reader, **asked).facets if one.name == facet)
    return {choice.label: choice.count for choice in shown.choices if choice.count}


# --- found by ---------------------------------------------------------------------------------------------


def test_a_colleague_is_found_by_topic_method_municipality_role_and_words(reader, method):
    place = MunicipalityFactory(name="Fjordby", is_fictional=True)
    theme = Theme.objects.first()
    anna = knows(person("Anna Prøve", role="havnefoged", municipality=place), method, themes=[theme])
    person("Bo Anden")
    show(anna, about=Seen.NETWORK)
    Profile.objects.filter(user=anna).update(about="Jeg kender molerne.")
    for asked in (
        {"tema": theme.slug},
        {"metode": method.pk},
        {"kommune": place.slug},
        {"q": "havnefoged"},
        {"q": "anna fjordby"},
        {"q": "molerne"},
        {"q": method.title},
        {"q": theme.title, "metode": method.pk, "kommune": place.slug, "rolle": "municipal"},
    ):
        assert found(reader, **asked) == ["Anna Prøve"], asked
    page = said(as_(reader).get(MEMBERS, {"q": "anna"}))
    assert f"Kan spørges om {theme.title}, {method.title}" in page and "Havnefoged, Fjordby Kommune" in page
    assert "1 af 3" in page


def test_a_method_is_known_to_whoever_says_so_and_to_those_whose_municipality_used_it(reader, method):
    place, other = MunicipalityFactory(is_fictional=True), MunicipalityFactory(is_fictional=True)
    MethodUseFactory(method=method, municipality=place)
    MethodUseFactory(method=method, municipality=place)
    both = knows(person("Begge Dele", municipality=place), method)
    by_use = person("Kun Brug", municipality=place)
    by_word = knows(person("Kun Ord", municipality=other), method)
    person("Ingen", municipality=other)
    assert found(reader, metode=method.pk) == ["Begge Dele", "Kun Brug", "Kun Ord"]
    assert counts(reader, "metode")[method.title] == 3
    # Where the place is hidden, the use of the municipality would tell it.
    show(by_use, place=Seen.ME)
    show(both, place=Seen.ME)
    assert found(reader, metode=method.pk) == ["Begge Dele", "Kun Ord"]
    assert counts(reader, "metode")[method.title] == 2
    show(by_word, topics=Seen.ME)
    assert found(reader, metode=method.pk) == ["Begge Dele"] and counts(reader, "metode")[method.title] == 1


def test_the_number_of_a_choice_is_that_of_the_list_after_choosing_it(reader, method):
    """For each pair of facets, with fields hidden, shown to spaces and shown to all."""
    places = [MunicipalityFactory(is_fictional=True) for _n in range(3)]
    themes, methods = list(Theme.objects.all()[:3]), [method, *MethodPage.objects.live().exclude(pk=method.pk)[:2]]
    MethodUseFactory(method=methods[1], municipality=places[0])
    space = SpaceFactory()
    MembershipFactory(space=space, user=reader)
    for number in range(18):
        user = person(
            f"Nummer {number:02}", municipality=places[number % 3], kind=["municipal", "adviser"][number % 2]
        )
        knows(user, methods[number % 3], themes=[themes[number % 2], themes[2]], to=Seen.values[number % 3])
        show(user, place=Seen.values[(number // 2) % 3], role=Seen.values[(number // 3) % 3])
        if number % 4 == 0:
            MembershipFactory(space=space, user=user)
    asked = [
        {},
        {"tema": themes[0].slug},
        {"metode": methods[1].pk},
        {"kommune": places[0].slug},
        {"rolle": "adviser"},
    ]
    for state in asked:
        listing = listed(reader, **state)
        assert listing.total == len(found(reader, **state))
        for facet in listing.facets:
            for choice in facet.choices:
                chosen = listed(reader, **{**state, facet.name: choice.value})
                assert chosen.total == len(chosen.faces) == choice.count, (state, facet.name, choice.label)


# --- what is not seen is not found --------------------------------------------------------------------------


PLANTED = {
    "role": "hemmelighedsholder",
    "about": "gyvelkratsang",
    "phone": "99 88 77 66",
    "ask_limit": "kun i skudår",
}


@pytest.fixture
def planted(campaign, method):
    """Someone with a word in every field, a method and a theme that nobody else has, and a place of her own."""
    place = MunicipalityFactory(name="Gyvelby", is_fictional=True)
    user = person("Pia Plantet", municipality=place, **PLANTED)
    theme = Theme.objects.last()
    knows(user, method, themes=[theme])
    everything(user, Seen.ME)
    return {
        "user": user,
        "questions": [{"q": word} for word in (*PLANTED.values(), "Gyvelby", method.title, theme.title)]
        + [{"tema": theme.slug}, {"metode": method.pk}, {"kommune": place.slug}, {"rolle": "municipal"}],
        "words": [*PLANTED.values(), "Gyvelby"],
    }


def readers_of(user):
    colleague = shared(user)
    return {"network": MemberFactory(profile__kind="adviser"), "colleague": colleague}


@pytest.mark.parametrize(
    ("to", "who_finds"), [(Seen.ME, set()), (Seen.SPACES, {"colleague"}), (Seen.NETWORK, {"network", "colleague"})]
)
def test_a_field_is_found_and_counted_by_those_who_see_it_alone(planted, to, who_finds):
    readers = readers_of(planted["user"])
    everything(planted["user"], to)
    for name, reader in readers.items():
        page = said(as_(reader).get(MEMBERS))
        assert "Pia Plantet" in page
        sees = name in who_finds
        assert any(word.lower() in page.lower() for word in planted["words"]) is sees, name
        for asked in planted["questions"]:
            is_number = asked == {"q": PLANTED["phone"]} or asked == {"q": PLANTED["ask_limit"]}
            hit = "Pia Plantet" in found(reader, **asked)
            assert hit is (sees and not is_number), (name, asked)
        for facet in ("metode", "tema", "kommune"):
            told = counts(reader, facet)
            mine = [label for label in told if label in answers_of(planted)]
            assert bool(mine) is sees, (name, facet)
        assert listed(reader, q="Pia").total == 1
        assert counts(reader, "rolle", q="Pia") == ({"Kommunal medarbejder": 1} if sees else {})


def answers_of(planted):
    profile = Profile.objects.get(user=planted["user"])
    titles = [page.title for page in profile.methods.all()] + [theme.title for theme in profile.themes.all()]
    return {*titles, profile.place}


def test_her_own_fields_are_found_by_herself(planted):
    for asked in planted["questions"]:
        if asked.get("q") not in (PLANTED["phone"], PLANTED["ask_limit"]):
            assert "Pia Plantet" in found(planted["user"], **asked), asked


def test_who_left_or_never_came_is_in_no_list_and_no_number(reader):
    gone, UNFINISHED = person("Gerda Gået"), UserFactory(name="Ufærdig Ulla")
    Profile.objects.create(user=UNFINISHED, role="ufærdig")
    everything(gone, Seen.NETWORK)
    before = listed(reader)
    gone.is_active = False
    gone.save()
    after = listed(reader)
    assert before.total - after.total == 1 and "Gerda Gået" not in found(reader)
    assert sum(counts(reader, "rolle").values()) == sum(counts(reader, "rolle").values()) == after.total
    assert gone.profile.place not in counts(reader, "kommune")


# --- the page -----------------------------------------------------------------------------------------------


def test_pages_follow_each_other_by_name_and_hold_everyone_once(reader):
    for number in range(2 * PER_PAGE):
        person(f"Ens Navn {number % 7}")
    seen, address = [], MEMBERS
    client = as_(reader)
    while address:
        page = client.get(address)
        seen += [face.user for face in page.context["found"].faces]
        address = MEMBERS + page.context["found"].next_address if page.context["found"].after else None
    assert len(seen) == len(set(seen)) == 2 * PER_PAGE + 1
    assert [user.name for user in seen] == sorted(user.name for user in seen)
    assert "Fra begyndelsen" in said(page) and "Flere medlemmer" not in said(page)


def test_a_page_after_someone_who_is_gone_leads_back_to_the_beginning(reader):
    answer = as_(reader).get(MEMBERS, {"efter": "987654321"})
    assert answer.status_code == 200 and "Fra begyndelsen" in said(answer)
    for odd in ("-1", "x", "²", "9" * 40):
        assert as_(reader).get(MEMBERS, {"efter": odd}).status_code == 200


def test_where_nobody_is_found_the_way_leads_to_asking_in_a_space(reader, method):
    html = as_(reader).get(MEMBERS, {"metode": method.pk, "q": "qxqx"}).content.decode()
    assert "Spørg i et rum" in html and f"/netvaerk/skriv/?om=side-{method.pk}" in unescape(html)


def test_what_nobody_knows_in_the_address_is_named_and_does_not_narrow(reader):
    answer = as_(reader).get(MEMBERS, {"kommune": "findes-ikke", "antal": "total", "rolle": "konge"})
    assert "»findes-ikke«" in said(answer) and "»konge«" in said(answer)
    assert answer.context["found"].total == 1


@pytest.mark.parametrize(
    "asked", [{}, {"q": "a"}, {"tema": "first", "metode": "first", "rolle": "municipal", "q": "e"}]
)
def test_a_page_asks_six_times_however_many_there_are(reader, method, asked):
    theme = Theme.objects.first()
    asked = {name: {"tema": theme.slug, "metode": method.pk}.get(name, value) for name, value in asked.items()}
    colleagues = SpaceFactory()
    MembershipFactory(space=colleagues, user=reader)
    for number in range(PER_PAGE + 5):
        user = knows(person(f"Emil {number}"), method, themes=[theme], to=Seen.values[1 + number % 2])
        Profile.objects.filter(user=user).update(picture="aa/bb", picture_seen=Seen.SPACES)
        MembershipFactory(space=colleagues, user=user)
    client = as_(reader)
    client.get(MEMBERS, asked)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(MEMBERS, asked)
    assert len(page.context["found"].faces) == PER_PAGE
    assert page.content.decode().count("/billede/") == PER_PAGE
    assert len(queries) <= OWN_QUERIES + FRAME, "\n".join(query["sql"][:300] for query in queries)


def test_strangers_are_sent_to_the_door_and_no_cache_keeps_the_page(reader, client):
    assert client.get(MEMBERS).status_code == 302
    assert as_(UserFactory()).get(MEMBERS).headers["Location"].startswith("/netvaerk/profil/")
    assert as_(reader).get(MEMBERS).headers["Cache-Control"] == "private, no-store"


def test_the_list_itself_gives_nothing_to_anyone_outside(reader):
    from django.contrib.auth.models import AnonymousUser
    from django.http import QueryDict

    for outside in (AnonymousUser(), UserFactory()):
        listing = member_list(outside, QueryDict(""))
        assert (listing.faces, listing.total, listing.whole) == ([], 0, 0)
        assert not any(choice.count for facet in listing.facets for choice in facet.choices)


def test_the_fictional_and_the_real_municipalities_stand_in_the_facet(reader):
    real = Municipality.objects.first()
    person("Rigtig Kommune", municipality=real)
    assert counts(reader, "kommune")[real.full_name] == 1
