"""A mail becomes a post of the one it was made for, once, by the rules of the space; nobody else gets anything."""

import logging
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.bounces import is_stopped
from accounts.models import Bounce, Letter
from accounts.signed_addresses import RETURNED, read_address, signed_address
from network import join, tend
from network.by_mail import answer_headers, new_thread_address
from network.clear import clear_removed
from network.mail_in import take
from network.mail_spool import take_raw
from network.models import Attachment, Event, IncomingMail, Membership, Post, Space, Thread
from network.remove import remove_post
from tests.factories import MemberFactory, MembershipFactory, SpaceFactory, ThreadFactory
from tests.network.mails import mail_from, report

pytestmark = pytest.mark.django_db
WORD = "kvadrilleord"


@pytest.fixture
def thread():
    return ThreadFactory(space=SpaceFactory(name="Havnen"), title="Hvordan fik I butikkerne med?")


@pytest.fixture
def member(thread):
    return MembershipFactory(space=thread.space, user=MemberFactory(name="Bo Eksempel")).user


@pytest.fixture
def to(thread, member):
    return answer_headers(member, thread)["Reply-To"]


@pytest.fixture
def taken(django_capture_on_commit_callbacks):
    """Take a mail in, with the letters that follow."""

    def taken(message, *envelope, **more):
        with django_capture_on_commit_callbacks(execute=True):
            return take(message, *envelope, **more)

    return taken


def told_to(member):
    """The mails to `member`; others may have been told of her post."""
    return [message for message in mail.outbox if message.to == [member.email]]


def test_an_answer_by_mail_stands_in_the_thread_and_its_author_gets_the_way_to_edit_it(thread, member, to, taken):
    text = "Vi gjorde det om sommeren.\n\nMvh\nBo\n\nDen 23.11.2026 kl. 09.14 skrev På forkant:\n> Hvordan?"
    assert taken(mail_from(member, to, text)) == "posted"
    post = Post.objects.get(thread=thread, number=2)
    assert (post.author, post.source) == (member, "Vi gjorde det om sommeren.")
    assert Event.objects.filter(what=Event.What.POST, post=post, who=member).count() == 1
    (told,) = told_to(member)
    assert told.subject == "Din mail står nu i »Hvordan fik I butikkerne med?«"
    edit = f"{post.get_absolute_url()}ret/"
    for part in (told.body, told.alternatives[0].content):
        assert edit in part and "Vi gjorde det om sommeren." in part


def test_what_was_cut_is_read_by_its_author_alone_where_she_edits(thread, member, to, taken):
    taken(mail_from(member, to, f"Svaret.\n\nMvh\nBo\nTelefon {WORD}"))
    post = Post.objects.get(thread=thread, number=2)
    client = Client()
    client.force_login(member)
    assert WORD in client.get(f"{post.get_absolute_url()}ret/").content.decode()
    assert WORD not in client.get(thread.get_absolute_url()).content.decode()
    facilitator = Client()
    facilitator.force_login(MembershipFactory(space=thread.space, role="facilitator").user)
    for page in (f"{post.get_absolute_url()}ret/", thread.get_absolute_url(), f"{post.get_absolute_url()}historik/"):
        assert WORD not in facilitator.get(page).content.decode()


def test_what_was_cut_goes_with_the_post(thread, member, to, taken):
    taken(mail_from(member, to, f"Svaret.\n\nMvh\nBo {WORD}"))
    remove_post(member, Post.objects.get(thread=thread, number=2))
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        clear_removed()
    assert not IncomingMail.objects.get().cut


@pytest.mark.parametrize("times", [2, 5])
def test_a_mail_that_comes_again_is_one_post_and_one_letter(thread, member, to, taken, times):
    outcomes = [taken(mail_from(member, to, number="samme")) for _again in range(times)]
    assert outcomes == ["posted"] + ["again"] * (times - 1)
    assert thread.posts.count() == 2 and len(told_to(member)) == 1 and IncomingMail.objects.count() == 1


def test_two_mails_that_say_the_same_are_two_posts(thread, member, to, taken):
    for _mail in range(2):
        assert taken(mail_from(member, to)) == "posted"
    assert thread.posts.count() == 3


def test_a_mail_without_a_number_is_taken_once_too(thread, member, to, taken):
    message = mail_from(member, to)
    del message["Message-ID"]
    assert [taken(message), taken(message)] == ["posted", "again"]


def test_a_new_thread_by_mail_has_the_subject_as_its_title(thread, member, taken):
    to = new_thread_address(member, thread.space)
    assert taken(mail_from(member, to, "Hvem har prøvet?", subject="SV: Fw: Lys i vinduerne")) == "posted"
    begun = Thread.objects.exclude(pk=thread.pk).get()
    assert (begun.title, begun.author, begun.space) == ("Lys i vinduerne", member, thread.space)


@pytest.mark.parametrize("subject", ["", "Re:", "x" * 141])
def test_a_new_thread_without_a_title_is_told(thread, member, taken, subject):
    assert taken(mail_from(member, new_thread_address(member, thread.space), subject=subject)) == "refused"
    assert "verskrift" in mail.outbox[0].body


# --- the address ----------------------------------------------------------------------------------------


def test_an_address_is_short_and_does_not_mind_capitals(thread, member, to, taken):
    local, _at, host = to.partition("@")
    assert len(local) <= 64 and host == "forkant.example" and to == to.lower()
    assert taken(mail_from(member, to.upper())) == "posted"
    assert len(signed_address("t", 10**15, 10**12).partition("@")[0]) <= 64


def test_the_address_on_the_envelope_counts_also_where_the_head_names_another(thread, member, to, taken):
    assert taken(mail_from(member, "liste@eksempel.example"), recipients=[to]) == "posted"


def test_an_altered_address_is_nobodys_and_gets_no_answer(thread, member, to, taken):
    local, host = to.split("@")
    other_thread = ThreadFactory(space=thread.space)
    for wrong in (
        f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{host}",
        f"{local[:-4]}@{host}",
        to.replace("+t", "+n"),
        to.replace(local.split(".")[0], answer_headers(member, other_thread)["Reply-To"].split(".")[0]),
        f"svar@{host}",
        f"svar+@{host}",
        f"svar+t.@{host}",
        f"svar+æøå.a.b.c@{host}",
    ):
        assert taken(mail_from(member, wrong)) == "ignored", wrong
    assert thread.posts.count() == 1 and not mail.outbox and not IncomingMail.objects.exists()


def test_who_pretends_to_be_a_stranger_or_is_one_gets_no_answer(thread, member, to, taken):
    assert taken(mail_from("fremmed@ond.example", to)) == "ignored"
    two = mail_from(member, to)
    del two["From"]
    two["From"] = f"{member.email}, ond@ond.example"
    assert taken(two) == "ignored"
    assert not mail.outbox and thread.posts.count() == 1


def test_the_address_of_another_is_refused_and_the_member_is_told(thread, member, to, taken):
    other = MembershipFactory(space=thread.space).user
    assert taken(mail_from(other, to)) == "refused"
    (told,) = mail.outbox
    assert told.to == [other.email] and "lavet til en anden" in told.body and "butikkerne" not in told.body
    assert thread.posts.count() == 1


def test_a_member_whose_address_is_forged_is_not_flooded(thread, member, to, taken):
    other = MembershipFactory(space=thread.space).user
    for _forged in range(12):
        taken(mail_from(other, to))
    assert len(mail.outbox) == 5


def test_an_old_address_is_refused_and_a_month_old_one_is_not(thread, member, taken):
    with time_machine.travel("2026-01-15 10:00:00+00:00"):
        to = answer_headers(member, thread)["Reply-To"]
    with time_machine.travel("2026-12-20 10:00:00+00:00"):
        assert not read_address(to).is_old and taken(mail_from(member, to)) == "posted"
    with time_machine.travel("2027-01-20 10:00:00+00:00"):
        assert taken(mail_from(member, to)) == "refused"
    assert "mere end et år gammel" in mail.outbox[-1].body


PROVEN = "post.example; dkim=pass header.d=eksempel.example; spf=pass smtp.mailfrom=eksempel.example; dmarc=pass"
FORGED = [
    "post.example; spf=fail smtp.mailfrom=ond.example; dkim=none; dmarc=fail header.from=eksempel.example",
    "post.example; spf=pass smtp.mailfrom=ond.example; dkim=pass header.d=ond.example; dmarc=fail",
    "post.example; spf=pass smtp.mailfrom=nogen@ond.example; dkim=pass header.d=ond.example",
    "ond.example; dmarc=pass",
    "post.example; none",
]


@pytest.mark.parametrize("said", FORGED)
def test_a_sender_whom_our_mail_server_does_not_vouch_for_is_a_forger(thread, member, to, taken, settings, said):
    settings.MAIL_IN_TRUSTS = "post.example"
    assert taken(mail_from(member, to, Authentication_Results=said)) == "ignored"
    assert taken(mail_from(member, to)) == "ignored"
    assert not mail.outbox and thread.posts.count() == 1
    assert taken(mail_from(member, to, Authentication_Results=PROVEN)) == "posted"


def test_of_what_is_said_of_a_sender_the_topmost_word_of_our_server_counts(thread, member, to, taken, settings):
    settings.MAIL_IN_TRUSTS = "post.example"
    message = mail_from(member, to, Authentication_Results=FORGED[0])
    message["Authentication-Results"] = PROVEN
    assert taken(message) == "ignored"


def test_where_nothing_is_said_of_whom_we_believe_no_mail_is_taken_and_no_address_offered(
    thread, member, to, taken, settings
):
    assert answer_headers(member, thread) and new_thread_address(member, thread.space)
    settings.MAIL_IN_TRUSTS = ""
    for said in (PROVEN, "; dmarc=pass", ""):
        assert taken(mail_from(member, to, Authentication_Results=said)) == "ignored"
    assert not mail.outbox and thread.posts.count() == 1
    assert not answer_headers(member, thread) and not new_thread_address(member, thread.space)


def test_who_only_reads_along_is_offered_no_address():
    thread = ThreadFactory(space=SpaceFactory(kind="open"))
    assert answer_headers(thread.author, thread) and not answer_headers(MemberFactory(), thread)


# --- what is wrong with it ------------------------------------------------------------------------------


def leave(member, thread):
    join.leave(member, thread.space)


def suspend(member, thread):
    facilitator = MembershipFactory(space=thread.space, role="facilitator").user
    join.suspend(facilitator, Membership.objects.get(space=thread.space, user=member), "Nok er nok.")


def move_away(member, thread):
    Thread.objects.filter(pk=thread.pk).update(space=SpaceFactory(kind="hidden"))


def archive(member, thread):
    Space.objects.filter(pk=thread.space_id).update(archived_at=timezone.now())


def hide(member, thread):
    Thread.objects.filter(pk=thread.pk).update(state="hidden")


@pytest.mark.parametrize("happens", [leave, suspend, move_away, archive, hide])
def test_who_may_not_write_there_any_more_is_told_without_a_word_of_it(thread, member, to, taken, happens):
    happens(member, thread)
    mail.outbox.clear()
    assert taken(mail_from(member, to)) == "refused"
    told = next(message for message in mail.outbox if "blev ikke til et indlæg" in message.subject)
    for part in (told.subject, told.body, told.alternatives[0].content):
        assert "butikkerne" not in part and "Havnen" not in part
    assert thread.posts.count() == 1


def test_a_closed_thread_is_told(thread, member, to, taken):
    tend.close(MembershipFactory(space=thread.space, role="facilitator").user, thread, "")
    assert taken(mail_from(member, to)) == "refused"
    assert "Tråden er lukket" in mail.outbox[-1].body


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x" * 20_001, "20001 tegn"),
        ("Det gælder 010190-1234.", "CPR-nummer"),
        ("> kun et citat", "ingen tekst"),
        ("", "ingen tekst"),
    ],
)
def test_a_text_that_cannot_stand_there_is_told(thread, member, to, taken, text, sentence):
    assert taken(mail_from(member, to, text)) == "refused"
    assert sentence in mail.outbox[0].body and thread.posts.count() == 1


def test_who_writes_too_much_is_told_when_to_come_again(thread, member, to, taken, settings):
    settings.NETWORK_LIMITS = settings.NETWORK_LIMITS | {"replies": (1, 1)}
    assert [taken(mail_from(member, to)), taken(mail_from(member, to))] == ["posted", "refused"]
    assert "Send mailen igen om" in mail.outbox[-1].body and "står her endnu" not in mail.outbox[-1].body


def test_a_mail_that_is_too_large_is_told_and_not_read(thread, member, to, monkeypatch, taken):
    monkeypatch.setattr("network.mail_spool.MOST", 1000)
    monkeypatch.setattr("network.mail_spool.take", taken)
    message = mail_from(member, to, "Lang. " * 1000)
    assert take_raw([message.as_bytes()]) == "refused"
    assert "større end 25 MB" in mail.outbox[0].body and thread.posts.count() == 1


def test_a_first_post_that_is_held_is_told_to_wait(thread, member, to, taken):
    Space.objects.filter(pk=thread.space_id).update(holds_first_post=True)
    Membership.objects.filter(user=member).update(is_on_trial=True)
    assert taken(mail_from(member, to)) == "posted"
    assert Post.objects.get(thread=thread, number=2).state == "held"
    assert "venter på en facilitator" in mail.outbox[-1].body


# --- machines -------------------------------------------------------------------------------------------

MACHINE = [
    {"Auto_Submitted": "auto-replied"},
    {"Auto_Submitted": "auto-generated; owner-email=x"},
    {"Precedence": "bulk"},
    {"Precedence": "auto_reply"},
    {"List_Id": "<rum-1.forkant.example>"},
    {"X_Auto_Response_Suppress": "All"},
    {"X_Autoreply": "yes"},
    {"Return_Path": "<>"},
    {"subject": "Automatisk svar: Anna har svaret"},
    {"subject": "Out of Office"},
]


@pytest.mark.parametrize("marks", MACHINE, ids=str)
def test_what_a_machine_sends_is_neither_a_post_nor_answered(thread, member, to, taken, marks):
    assert taken(mail_from(member, to, **marks)) == "ignored"
    assert not mail.outbox and thread.posts.count() == 1


def test_our_own_letter_does_not_come_back_in(thread, member, to, taken):
    assert taken(mail_from(member, to, number="x"), sender="") == "ignored"
    own = mail_from(member, to)
    del own["Message-ID"]
    own["Message-ID"] = "<brev-12@forkant.example>"
    assert taken(own) == "ignored"
    taken(mail_from(member, to))
    back = mail.outbox[0].message()
    del back["To"]
    back["To"] = to
    assert take_raw([back.as_bytes()]) == "ignored"


def test_a_person_who_says_that_no_machine_sent_it_is_heard(thread, member, to, taken):
    assert taken(mail_from(member, to, Auto_Submitted="no", Return_Path=f"<{member.email}>")) == "posted"


# --- letters that come back -----------------------------------------------------------------------------


def letters_of(member, number):
    return [Letter.objects.create(kind="mail-posted", recipient=member) for _letter in range(number)]


def returned(letter):
    return signed_address(RETURNED, letter.pk, letter.recipient_id)


def test_a_report_of_three_letters_stops_mail_and_one_told_thrice_does_not(member):
    first, second, third = letters_of(member, 3)
    for _again in range(3):
        take_raw([report(returned(first))])
    assert Bounce.objects.count() == 1
    for letter in (second, third):
        assert take_raw([report(returned(letter))]) == "returned"
    assert is_stopped(member)


@pytest.mark.parametrize(
    ("status", "action", "kind"),
    [
        ("5.1.1", "failed", "hard"),
        ("4.2.2", "failed", "soft"),
        ("4.2.2", "delayed", None),
        ("2.0.0", "delivered", None),
        ("5.7.1", "failed", None),
    ],
)
def test_a_report_counts_as_what_it_says(member, status, action, kind):
    (letter,) = letters_of(member, 1)
    take_raw([report(returned(letter), status, action)])
    assert list(Bounce.objects.values_list("kind", flat=True)) == ([kind] if kind else [])


def test_a_complaint_counts(member):
    (letter,) = letters_of(member, 1)
    raw = report(returned(letter)).replace(b"message/delivery-status", b"message/feedback-report")
    take_raw([raw.replace(b"report-type=delivery-status", b"report-type=feedback-report")])
    assert Bounce.objects.get().kind == "complaint"


def test_nobody_stops_the_mail_of_another(thread, member, to):
    """Neither with an address of another kind, nor with one that is altered, nor with a mail that is no report."""
    (letter,) = letters_of(member, 1)
    good = returned(letter)
    for wrong in (to, good.replace("+b", "+c"), good.replace("@", "a@"), f"svar@{good.partition('@')[2]}"):
        take_raw([report(wrong)])
    take(mail_from(member, good))
    assert not Bounce.objects.exists()


# --- files ----------------------------------------------------------------------------------------------


def with_file(message, content=b"et;to\n1;2\n", name="tal.csv", kind=("text", "csv")):
    message.add_attachment(content, maintype=kind[0], subtype=kind[1], filename=name)
    return message


def test_a_file_comes_along_and_hangs_on_the_post(thread, member, to, taken):
    assert taken(with_file(mail_from(member, to))) == "posted"
    file = Attachment.objects.get()
    assert (file.name, file.post.number, file.uploaded_by) == ("tal.csv", 2, member)


def test_a_file_alone_is_an_answer(thread, member, to, taken):
    assert taken(with_file(mail_from(member, to, ""))) == "posted"
    assert Post.objects.get(number=2, thread=thread).source == "Se den vedhæftede fil."


def test_a_file_the_space_does_not_take_is_told_and_the_text_goes_on(thread, member, to, taken):
    message = with_file(mail_from(member, to), b"MZ\x90\x00\x03", "virus.exe", ("application", "octet-stream"))
    assert taken(message) == "posted"
    assert not Attachment.objects.exists() and thread.posts.count() == 2
    assert "»virus.exe« er ikke en af de slags filer" in told_to(member)[0].body


def test_a_space_without_files_takes_the_text_alone(thread, member, to, taken):
    Space.objects.filter(pk=thread.space_id).update(has_files=False)
    assert taken(with_file(mail_from(member, to))) == "posted"
    assert not Attachment.objects.exists()
    assert "Der kan ikke lægges filer i dette rum" in told_to(member)[0].body


def test_the_logo_below_a_name_and_what_programs_send_along_are_no_files(thread, member, to, taken):
    message = mail_from(member, to)
    logo = {"filename": "image001.png", "disposition": "inline"}
    message.add_attachment(b"x" * 90_000, maintype="image", subtype="png", **logo)
    message.add_attachment(b"x", maintype="application", subtype="pkcs7-signature", filename="smime.p7s")
    message.add_attachment(b"x", maintype="application", subtype="ms-tnef", filename="winmail.dat")
    assert taken(message) == "posted"
    assert not Attachment.objects.exists()
    assert "winmail.dat" in told_to(member)[0].body and "image001" not in told_to(member)[0].body


def test_files_of_a_mail_that_comes_again_are_put_up_once(thread, member, to, taken):
    for _again in range(3):
        taken(with_file(mail_from(member, to, number="samme-fil")))
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize("length", [1_000, 1_100_000, 3_000_000])
def test_a_file_of_any_size_comes_through_unchanged(thread, member, to, length):
    content = b"".join(b"%d;%d\n" % (number, number * 7) for number in range(length // 13))
    second = b"x;y\n" * (length // 4)
    message = with_file(with_file(mail_from(member, to), content), second, "anden.csv")
    assert take_raw([message.as_bytes()]) == "posted"
    kept = {file.name: file.versions.get().file.read() for file in Attachment.objects.all()}
    assert kept == {"tal.csv": content, "anden.csv": second}
    assert Post.objects.get(thread=thread, number=2).source == "Vi gjorde det om sommeren."


# --- what is not told -----------------------------------------------------------------------------------


def test_no_log_holds_a_word_or_an_address_of_a_mail(thread, member, to, taken, caplog):
    caplog.set_level(logging.DEBUG)
    for message in (
        mail_from(member, to, f"{WORD} i teksten", subject=f"{WORD} i emnet"),
        mail_from("fremmed@ond.example", to, WORD),
        mail_from(member, to, f"{WORD} 010190-1234"),
        with_file(mail_from(member, to, WORD), b"MZ\x90", f"{WORD}.exe", ("application", "octet-stream")),
    ):
        taken(message)
    assert WORD not in caplog.text and member.email not in caplog.text and "ond.example" not in caplog.text
    assert "Mail in: posted" in caplog.text


def test_a_mail_that_is_broken_in_any_way_is_taken_or_ignored_and_nothing_else(thread, member, to):
    whole = with_file(mail_from(member, to, "æøå " * 50)).as_bytes()
    for number in range(0, len(whole), 211):
        assert take_raw([whole[:number]]) in ("ignored", "posted", "refused", "again")
        assert take_raw([whole[:number] + b"\xff\x00" + whole[number:]]) in ("ignored", "posted", "refused", "again")
