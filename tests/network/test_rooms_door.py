"""The door of a space as each meets it, invitations, and what it is to be kept out: said there and in letters."""

import pytest
from django.urls import reverse

from accounts.letters import deliver_waiting
from accounts.models import Letter
from content.models import SiteTexts
from network import arrange, join
from network.models import Membership, MembershipChange, Profile, Space
from network.rule import Kind
from tests.factories import AccessRequestFactory, MemberFactory, MembershipFactory, SpaceFactory, ThreadFactory
from tests.network.test_rooms_pages import as_, said, to

pytestmark = pytest.mark.django_db

WHY = "Du har delt en borgers navn trods to advarsler."


@pytest.fixture
def space(campaign):
    return SpaceFactory(name="Tomme boliger", purpose="For jer, der tæller tomme boliger.")


@pytest.fixture
def facilitator(space):
    return MembershipFactory(space=space, role="facilitator", user__name="Fie Formand").user


@pytest.fixture
def thread(space, facilitator):
    return ThreadFactory(space=space, author=facilitator, title="Hvem tæller med?", text="Om sommerhusene.")


@pytest.fixture
def outsider():
    return MemberFactory(name="Ole Udenfor", email="ole@eksempel.example")


def make(user, **profile):
    Profile.objects.filter(user=user).update(**profile)


def of_kind(space, kind, **values):
    Space.objects.filter(pk=space.pk).update(kind=kind, **values)
    space.refresh_from_db()
    return space


# --- kept out --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Kind.OPEN, Kind.ON_REQUEST])
def test_who_is_kept_out_reads_the_rule_in_words_and_has_nothing_to_press(space, facilitator, thread, outsider, kind):
    of_kind(space, kind, admits_advisers=False, admits_partners=False)
    as_before = said(as_(outsider).get(space.get_absolute_url()))
    assert "Du kan ikke være med" not in as_before
    make(outsider, kind="adviser", organisation="Råd & Co.")
    response = as_(outsider).get(space.get_absolute_url())
    assert response.status_code == 403
    assert "Ansatte i kommuner. Rådgivere og partnere kan ikke." in said(response)
    assert "I din profil står der: rådgiver" in said(response)
    for name in ("space-join", "space-ask"):
        assert to(name, space) not in response.content.decode()
    assert thread.title not in said(response) and facilitator.name not in said(response)


def test_a_stranger_too_reads_whom_the_space_is_for(visitor, space):
    of_kind(space, Kind.ON_REQUEST, admits_advisers=False, admits_partners=False)
    assert "Ansatte i kommuner. Rådgivere og partnere kan ikke." in said(visitor.get(space.get_absolute_url()))


# --- what was written before -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shows", "to_the_new", "to_those_inside"),
    [
        (True, "Når du er med, kan du læse alle tråde", "Nye medlemmer kan læse alle tråde"),
        (False, "De tidligere kan du ikke læse.", "Nye medlemmer kan kun læse tråde, der er begyndt, efter de kom."),
    ],
)
def test_both_sides_are_told_whether_earlier_threads_are_read(
    space, facilitator, outsider, shows, to_the_new, to_those_inside
):
    of_kind(space, Kind.ON_REQUEST, shows_earlier=shows)
    assert to_the_new in said(as_(outsider).get(space.get_absolute_url()))
    AccessRequestFactory(space=space)
    for name in ("space-members", "space-facilitator"):
        page = said(as_(facilitator).get(to(name, space)))
        assert to_those_inside in page.split("Svar til den, der spørger")[1].split("Luk ind")[0]
    join.invite(facilitator, space, outsider)
    assert to_the_new in said(as_(outsider).get(space.get_absolute_url())).split("Du er inviteret")[1]


# --- invitations -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", Kind)
def test_who_is_invited_reads_by_whom_and_why_and_says_yes(space, facilitator, thread, outsider, kind):
    of_kind(space, kind)
    join.invite(facilitator, space, outsider, "Du kender til sommerhuse.")
    client = as_(outsider)
    for response in (client.get(space.get_absolute_url()), client.get(reverse("network"))):
        assert "Du er inviteret" in said(response)
        assert "Inviteret af Fie Formand" in said(response)
        assert "Du kender til sommerhuse." in said(response)
    at_the_door = client.get(space.get_absolute_url())
    assert (thread.title in said(at_the_door)) is (kind is Kind.OPEN)
    assert at_the_door.status_code == (200 if kind is Kind.OPEN else 403)
    assert thread.title in said(client.post(to("space-join", space), follow=True))
    assert Membership.objects.filter(space=space, user=outsider).exists()


@pytest.mark.parametrize("kind", Kind)
def test_who_says_no_is_outside_again(space, facilitator, outsider, kind):
    of_kind(space, kind)
    join.invite(facilitator, space, outsider)
    client = as_(outsider)
    response = client.post(to("space-decline", space), follow=True)
    assert "Du har sagt nej til »Tomme boliger«." in said(response)
    assert not Membership.anyone.filter(space=space, user=outsider).exists()
    assert client.post(to("space-decline", space)).status_code == (404 if kind is Kind.HIDDEN else 302)
    assert client.get(space.get_absolute_url()).status_code == {"open": 200, "on_request": 403, "hidden": 404}[kind]


def test_the_words_of_an_invitation_are_read_by_nobody_else(space, facilitator, outsider):
    join.invite(facilitator, space, outsider, "Kun til Ole.")
    for reader in (MembershipFactory(space=space).user, MemberFactory()):
        for address in (space.get_absolute_url(), to("space-members", space), reverse("network")):
            assert "Kun til Ole." not in said(as_(reader).get(address))


def test_a_facilitator_finds_someone_by_name_and_invites_her_with_words(space, facilitator, outsider):
    client = as_(facilitator)
    assert outsider.name not in said(client.get(to("space-invite", space)))
    assert "hedder eller arbejder »Findes Ikke«" in said(client.get(to("space-invite", space), {"q": "Findes Ikke"}))
    found = client.get(to("space-invite", space), {"q": "udenfor"})
    assert f'name="people" value="{outsider.pk}"' in found.content.decode()
    sent = {"people": [outsider.pk], "words": "Kom og hjælp.", "q": "udenfor"}
    response = client.post(to("space-invite", space), sent, follow=True)
    page = said(response)
    assert "1 person er inviteret." in page and "Inviteret, har ikke svaret" in page and outsider.name in page
    assert MembershipChange.objects.get(what="invited").why == "Kom og hjælp."
    assert outsider.name not in said(client.get(to("space-invite", space), {"q": "udenfor"})).split("Send inv")[1]


def test_an_address_is_invited_when_it_is_a_members_and_the_others_are_told_of(space, facilitator, outsider):
    sent = {"addresses": f"{outsider.email.upper()}\ningen@eksempel.example", "words": "Velkommen."}
    response = as_(facilitator).post(to("space-invite", space), sent)
    assert response.status_code == 400
    assert "ingen@eksempel.example er ikke medlem af netværket." in said(response)
    assert "Velkommen." in response.content.decode()
    assert Membership.anyone.get(user=outsider).state == "invited"
    assert not Membership.objects.filter(user=outsider).exists()


@pytest.mark.parametrize("sent", [{}, {"people": ["x", "9" * 30]}, {"people": ["0"]}, {"q": "\0"}])
def test_an_invitation_to_nobody_is_refused_in_words(space, facilitator, sent):
    response = as_(facilitator).post(to("space-invite", space), sent)
    assert response.status_code == 400
    assert 'role="alert"' in response.content.decode()
    assert not Membership.anyone.filter(state="invited").exists()


def test_those_who_are_not_let_in_cannot_be_found_or_invited(space, facilitator, outsider):
    of_kind(space, Kind.ON_REQUEST, admits_partners=False)
    make(outsider, kind="partner")
    client = as_(facilitator)
    assert f'value="{outsider.pk}"' not in client.get(to("space-invite", space), {"q": "Ole"}).content.decode()
    response = client.post(to("space-invite", space), {"addresses": outsider.email})
    assert response.status_code == 400
    assert "profilen er ikke blandt dem, rummet er for" in said(response)


def test_an_invitation_is_taken_back_and_only_once(space, facilitator, outsider):
    row = join.invite(facilitator, space, outsider)
    client = as_(facilitator)
    assert to("space-withdraw", space, row.pk) in client.get(to("space-facilitator", space)).content.decode()
    assert "trukket tilbage" in said(client.post(to("space-withdraw", space, row.pk), follow=True))
    again = client.post(to("space-withdraw", space, row.pk), follow=True)
    assert again.status_code == 200 and "Invitationen er der ikke mere." in said(again)
    assert MembershipChange.objects.filter(what="withdrawn").count() == 1
    assert as_(outsider).get(space.get_absolute_url()).status_code == 403
    assert "Du er inviteret" not in said(as_(outsider).get(reverse("network")))


@pytest.mark.parametrize(
    "name", ["space-invite", "space-facilitator", "space-settings", "space-archive", "space-hand-over"]
)
def test_a_plain_member_opens_none_of_the_facilitators_pages(space, facilitator, name):
    member = MembershipFactory(space=space).user
    assert as_(facilitator).get(to(name, space)).status_code == 200
    response = as_(member).get(to(name, space))
    assert response.status_code == 403
    assert "Det kan kun en facilitator" in said(response)
    assert to("space-facilitator", space) not in as_(member).get(space.get_absolute_url()).content.decode()


# --- suspended ---------------------------------------------------------------------------------------------


@pytest.fixture
def shut_out(space, facilitator, outsider, thread):
    row = MembershipFactory(space=space, user=outsider)
    response = as_(facilitator).post(to("space-suspend", space, row.pk), {"why": WHY}, follow=True)
    assert "Ole Udenfor er udelukket og har fået besked." in said(response)
    return row


@pytest.mark.parametrize("kind", Kind)
def test_who_is_suspended_reads_nothing_and_is_told_why_by_whom_and_how_to_object(
    space, facilitator, outsider, thread, shut_out, kind
):
    of_kind(space, kind)
    SiteTexts.objects.update(contact_email="redaktionen@eksempel.example")
    client = as_(outsider)
    for address in (space.get_absolute_url(), thread.get_absolute_url(), to("space-members", space)):
        response = client.get(address)
        page = said(response)
        assert response.status_code == 403, address
        assert WHY in page and "Besluttet af Fie Formand" in page
        assert "Skriv til en facilitator" in page and "redaktionen@eksempel.example" in page
        assert thread.title not in page
    for name in ("space-join", "space-ask", "thread-new"):
        assert client.post(to(name, space), {"reason": "Luk op"}).status_code == 403
        assert to(name, space) not in client.get(space.get_absolute_url()).content.decode()
    assert "Du er udelukket" in said(client.get(reverse("network")))


def test_the_reason_is_read_by_the_suspended_and_the_facilitators_alone(space, facilitator, shut_out):
    member = MembershipFactory(space=space).user
    assert WHY in said(as_(facilitator).get(to("space-facilitator", space)))
    for reader in (member, MemberFactory()):
        for address in (space.get_absolute_url(), to("space-members", space), reverse("network")):
            assert WHY not in said(as_(reader).get(address))
    assert "Ole Udenfor" not in said(as_(member).get(to("space-members", space)))


@pytest.mark.parametrize(("why", "fault"), [("", "Skriv, hvorfor."), ("x" * 1_001, "højst 1000 tegn")])
def test_nobody_is_suspended_without_a_reason_one_can_read(space, facilitator, outsider, why, fault):
    row = MembershipFactory(space=space, user=outsider)
    response = as_(facilitator).post(to("space-suspend", space, row.pk), {"why": why})
    assert response.status_code == 400
    assert fault in said(response) and "id_why_error" in response.content.decode()
    assert Membership.objects.filter(pk=row.pk).exists()


def test_a_facilitator_does_not_suspend_herself(space, facilitator):
    own = Membership.objects.get(user=facilitator)
    response = as_(facilitator).post(to("space-suspend", space, own.pk), {"why": WHY})
    assert response.status_code == 409
    assert "Du kan ikke udelukke dig selv." in said(response)


def test_who_is_restored_reads_again_and_a_second_press_harms_nothing(space, facilitator, outsider, thread, shut_out):
    client = as_(facilitator)
    assert to("space-restore", space, shut_out.pk) in client.get(to("space-facilitator", space)).content.decode()
    for _press in range(2):
        assert client.post(to("space-restore", space, shut_out.pk)).status_code == 302
    assert thread.title in said(as_(outsider).get(space.get_absolute_url()))
    assert MembershipChange.objects.filter(what="restored").count() == 1


def test_two_presses_suspend_once(space, facilitator, outsider, shut_out):
    again = as_(facilitator).post(to("space-suspend", space, shut_out.pk), {"why": WHY}, follow=True)
    assert again.status_code == 200 and "Ole Udenfor er udelukket." in said(again)
    assert MembershipChange.objects.filter(what="suspended").count() == 1


# --- an archived space ---------------------------------------------------------------------------------------


def test_at_the_door_of_an_archived_space_nobody_is_offered_to_come_in(space, facilitator, outsider):
    arrange.archive(facilitator, space)
    response = as_(outsider).get(space.get_absolute_url())
    assert response.status_code == 403
    assert "Rummet er arkiveret" in said(response)
    assert to("space-ask", space) not in response.content.decode()


def test_a_member_of_an_archived_space_reads_leaves_and_finds_nothing_to_write_with(space, facilitator, thread):
    member = MembershipFactory(space=space).user
    arrange.archive(facilitator, space)
    client = as_(member)
    response = client.get(space.get_absolute_url())
    assert "Rummet er arkiveret" in said(response) and thread.title in said(response)
    assert to("thread-new", space) not in response.content.decode()
    assert client.get(to("thread-new", space)).status_code == 403
    assert client.get(to("space-leave", space)).status_code == 200
    assert client.post(to("space-leave", space)).status_code == 302


# --- letters -----------------------------------------------------------------------------------------------


def letters(mailoutbox):
    deliver_waiting()
    return mailoutbox


def test_who_is_invited_gets_a_letter_with_the_words(space, facilitator, outsider, mailoutbox):
    join.invite(facilitator, space, outsider, "Du kender til sommerhuse.")
    (mail,) = letters(mailoutbox)
    assert (mail.to, mail.subject) == ([outsider.email], "Du er inviteret til rummet »Tomme boliger«")
    for text in (mail.body, mail.alternatives[0].content):
        assert "Fie Formand" in text and "Du kender til sommerhuse." in text and space.get_absolute_url() in text


def test_an_invitation_taken_back_before_the_letter_is_sent_is_not_told(space, facilitator, outsider, mailoutbox):
    join.invite(facilitator, space, outsider)
    join.withdraw(facilitator, space, outsider)
    assert not letters(mailoutbox)
    assert Letter.objects.get(recipient=outsider).dropped_at


def test_who_is_suspended_gets_a_letter_with_why_and_how_to_object(space, facilitator, outsider, mailoutbox):
    SiteTexts.objects.update(contact_email="redaktionen@eksempel.example")
    join.suspend(facilitator, MembershipFactory(space=space, user=outsider), WHY)
    (mail,) = letters(mailoutbox)
    assert (mail.to, mail.subject) == ([outsider.email], "Du er udelukket fra rummet »Tomme boliger«")
    for text in (mail.body, mail.alternatives[0].content):
        assert WHY in text and "Fie Formand" in text and "redaktionen@eksempel.example" in text
    assert facilitator.email not in mail.body


def test_who_is_restored_before_the_letter_is_sent_is_told_of_that_alone(space, facilitator, outsider, mailoutbox):
    join.suspend(facilitator, MembershipFactory(space=space, user=outsider), WHY)
    join.restore(facilitator, space, outsider)
    assert [mail.subject for mail in letters(mailoutbox)] == ["Du er med i »Tomme boliger« igen"]


@pytest.mark.parametrize("why", ["", "Du er ikke ansat i kommunen mere."])
def test_who_is_removed_is_told_with_the_reason_if_there_is_one(space, facilitator, outsider, mailoutbox, why):
    row = MembershipFactory(space=space, user=outsider)
    response = as_(facilitator).post(to("space-remove", space, row.pk), {"why": why})
    assert response.status_code == 302
    (mail,) = letters(mailoutbox)
    assert mail.subject == "Du er ikke længere med i »Tomme boliger«"
    assert ("Begrundelsen" in mail.body) is bool(why)
    assert why in mail.body and why in mail.alternatives[0].content
    assert MembershipChange.objects.get(what="removed").why == why


def test_a_reason_that_is_too_long_is_kept_and_removes_nobody(space, facilitator, outsider):
    row = MembershipFactory(space=space, user=outsider)
    response = as_(facilitator).post(to("space-remove", space, row.pk), {"why": "ord " * 300})
    assert response.status_code == 400
    assert "ord ord ord" in response.content.decode() and "højst 1000 tegn" in said(response)
    assert Membership.objects.filter(pk=row.pk).exists()


def test_the_letter_to_one_who_is_removed_does_not_name_a_space_that_is_hidden_from_her(
    space, facilitator, outsider, mailoutbox
):
    of_kind(space, Kind.HIDDEN)
    join.remove(facilitator, MembershipFactory(space=space, user=outsider), "Rummet er kun for projektet.")
    (mail,) = letters(mailoutbox)
    told = mail.subject + mail.body + mail.alternatives[0].content
    assert "Rummet er kun for projektet." in told
    assert "Tomme boliger" not in told and space.slug not in told
