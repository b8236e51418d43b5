"""A facilitator writes to all members: counted before it is sent, limited, and no address is seen."""

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.letters import deliver_waiting
from network import fan_out, join
from network.announce import announce, recipients
from network.limits import TooMany
from network.models import Announcement, Membership, Notice
from network.notices import fill, shown_to
from network.permissions import Refused
from tests.factories import MemberFactory, MembershipFactory, SpaceFactory

pytestmark = pytest.mark.django_db
WORDS = ("Næste møde", "Vi mødes i Lemvig.\n\nTag jeres sager med.")


@pytest.fixture
def space():
    return SpaceFactory(name="Tomme huse")


@pytest.fixture
def facilitator(space, client):
    user = MembershipFactory(space=space, role="facilitator", user__name="Fie Fjord").user
    client.force_login(user)
    return user


@pytest.fixture
def members(space):
    return [MembershipFactory(space=space).user for _number in range(3)]


def test_all_members_are_told_by_a_mail_of_their_own(space, facilitator, members, mailoutbox):
    assert announce(facilitator, space, *WORDS).number == 3
    fan_out.work()
    deliver_waiting()
    assert sorted(mail.to[0] for mail in mailoutbox) == sorted(member.email for member in members)
    for mail in mailoutbox:
        assert mail.subject == "[Tomme huse] Næste møde" and not mail.cc and not mail.bcc
        assert "Fie Fjord skriver til alle i rummet" in mail.body and "Tag jeres sager med." in mail.body
        assert mail.extra_headers["List-Id"].startswith(f"<rum-{space.pk}.")
        assert "/konto/stop-mail/" in mail.body
        others = [user.email for user in [facilitator, *members] if user.email != mail.to[0]]
        assert not [address for address in others if address in mail.body + mail.alternatives[0][0]]


@pytest.mark.parametrize(("level", "mail"), [("mentioned", "none"), ("nothing", None), ("threads", "at_once")])
def test_a_level_is_kept_to(space, facilitator, members, level, mail):
    Membership.objects.filter(user=members[0]).update(level=level)
    announce(facilitator, space, *WORDS)
    fan_out.work()
    own = Notice.objects.filter(user=members[0]).values_list("mail", flat=True)
    assert list(own) == ([mail] if mail else [])


def test_the_page_says_how_many_get_it_and_how_it_looks_before_it_is_sent(client, space, facilitator, members):
    at = reverse("space-announce", args=[space.slug])
    assert "3 medlemmer får det" in client.get(at).text
    form = {"subject": WORDS[0], "text": WORDS[1], "form_key": str(uuid4())}
    looked = client.post(at, {**form, "vis": "1"})
    assert "Send til 3 medlemmer" in looked.text and "Tag jeres sager med." in looked.text
    assert not Announcement.objects.exists()
    sent = client.post(at, {**form, "send": "1"}, follow=True)
    assert "Det er sendt til 3 medlemmer." in sent.text and "Tag jeres sager med." in sent.text
    client.post(at, {**form, "send": "1"})
    assert Announcement.objects.count() == 1


@pytest.mark.parametrize("wrong", [("", "Tekst"), ("Emne", " "), ("Emne", "x" * 2_001), ("Emne", "CPR 010190-1234")])
def test_what_is_wrong_is_said_and_the_text_is_kept(client, space, facilitator, wrong):
    at = reverse("space-announce", args=[space.slug])
    answer = client.post(at, {"subject": wrong[0], "text": wrong[1], "send": "1"})
    assert answer.status_code == 400 and wrong[1].strip() in answer.text
    assert not Announcement.objects.exists()


def test_there_is_a_limit(client, space, facilitator, members, settings):
    settings.NETWORK_LIMITS = {**settings.NETWORK_LIMITS, "announcements": (2, 24)}
    for _number in range(2):
        announce(facilitator, space, *WORDS)
    with pytest.raises(TooMany):
        announce(facilitator, space, *WORDS)
    at = reverse("space-announce", args=[space.slug])
    answer = client.post(at, {"subject": WORDS[0], "text": WORDS[1], "send": "1"})
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 0
    assert "Tag jeres sager med." in answer.text


def test_only_facilitators_write_to_all(client, space, facilitator, members):
    with pytest.raises(Refused):
        announce(members[0], space, *WORDS)
    client.force_login(members[0])
    assert client.get(reverse("space-announce", args=[space.slug])).status_code == 403
    client.force_login(MemberFactory())
    assert client.get(reverse("space-announcements", args=[space.slug])).status_code == 403


def test_nobody_writes_to_all_in_an_archive(space, facilitator):
    from django.utils import timezone

    space.archived_at = timezone.now()
    space.save()
    with pytest.raises((Refused, ValidationError)):
        announce(facilitator, space, *WORDS)


def test_who_is_out_reads_it_no_more(client, space, facilitator, members, mailoutbox):
    announce(facilitator, space, "Planteordet kvadrille", "Mazurka.")
    fan_out.work()
    join.remove(facilitator, Membership.objects.get(user=members[0], space=space))
    assert not fill(list(shown_to(members[0])))
    assert members[0] not in recipients(space, facilitator)
    deliver_waiting()
    assert not [mail for mail in mailoutbox if mail.to == [members[0].email] and "kvadrille" in mail.subject]
    client.force_login(members[0])
    assert "kvadrille" not in client.get(reverse("notices")).text


def test_in_an_open_space_the_announcements_are_for_its_members(client):
    space = SpaceFactory(kind="open")
    announce(MembershipFactory(space=space, role="facilitator").user, space, "Planteordet kvadrille", "Mazurka.")
    client.force_login(MemberFactory())
    assert "kvadrille" not in client.get(reverse("space-announcements", args=[space.slug])).text
