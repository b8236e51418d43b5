"""Who is erased is found nowhere afterwards: neither in rows of her own nor where others named or quoted her."""

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import CharField, JSONField, TextField
from django.db.models.functions import Cast

from accounts.models import User
from network.announce import announce
from network.discuss import edit_post, reply
from network.drafts import of_reply, save_draft
from network.erase import SOMEONE
from network.lead import write_status
from network.models import (
    Draft,
    IncomingMail,
    Meeting,
    Mention,
    Outcome,
    Post,
    PostVersion,
    Profile,
    Question,
    Thread,
)
from network.models.files import closed_files
from network.moderate import hide
from network.polls import make_poll
from network.quoting import quote
from network.report import report
from search import outbox
from tests.factories import (
    MeetingFactory,
    MemberFactory,
    MembershipFactory,
    QuestionFactory,
    ThreadFactory,
    signed_up,
)
from tests.network.test_people_sight import own_disk, put_up  # noqa: F401
from tests.network.test_rooms_pages import as_, said

pytestmark = pytest.mark.django_db
NAME, MAIL = "Gyvel Ravnsø-O'Krat", "gyvel.ravnsoe@eksempel.example"
# That someone was deleted, by whom and when, is kept on purpose: the log of the admin.
LOGS = {"wagtailcore.ModelLogEntry", "wagtailcore.PageLogEntry", "admin.LogEntry"}


def everything_that_holds(word):
    """Return the columns of all tables in which a word stands."""
    found = []
    for model in apps.get_models():
        if not model._meta.managed or model._meta.label in LOGS:
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, (CharField, TextField, JSONField)):
                rows = model._base_manager.annotate(said=Cast(field.name, TextField()))
                if rows.filter(said__icontains=word).exists():
                    found.append(f"{model._meta.label}.{field.name}")
    return found


@pytest.fixture
def gyvel(campaign):
    return MemberFactory(name=NAME, email=MAIL, profile__about="Jeg hedder Gyvel Ravnsø.", profile__role="rollehaver")


def test_whoever_is_erased_is_found_nowhere(gyvel, django_capture_on_commit_callbacks):
    thread = ThreadFactory(author=gyvel, title="Hvem kender loven?", text="Det står med mine ord.")
    other = MembershipFactory(space=thread.space, role="facilitator").user
    place = gyvel.profile.place
    naming = reply(other, thread, f"Tak @{NAME}, og @{NAME}, {place}. Og **@{NAME.lower()}**.")
    assert Mention.objects.filter(user=gyvel).count() == 1
    edit_post(other, naming, f"Ret: @{NAME}!", 1)
    question = Post.objects.select_related("thread__space", "author").get(thread=thread, number=1)
    reply(other, thread, quote(question) + "Enig.")
    write_status(other, thread, f"@{NAME} undersøger det.", 0)
    save_draft(other, of_reply(thread), "", f"Kære @{NAME}")
    put_up(gyvel)
    assert len(everything_that_holds("Ravnsø")) >= 8 and everything_that_holds(MAIL)
    with django_capture_on_commit_callbacks(execute=True):
        call_command("erase_person", MAIL.upper(), "--yes", verbosity=0)
    assert not User.objects.filter(pk=gyvel.pk).exists()
    assert everything_that_holds("Ravnsø") == [] and everything_that_holds(MAIL) == []
    assert everything_that_holds("rollehaver") == [] and not Profile.objects.filter(user=gyvel.pk).exists()
    assert not list(closed_files().names())
    page = said(as_(other).get(thread.get_absolute_url()))
    assert "Det står med mine ord." in page and "Tidligere medlem skrev" in page and SOMEONE in page
    assert Post.objects.get(pk=naming.pk).html == f"<p>Ret: {SOMEONE}!</p>\n"
    assert "Ravnsø" not in PostVersion.objects.get().html and SOMEONE in Draft.objects.get(user=other).text
    assert Thread.objects.get().status_source == f"{SOMEONE} undersøger det."


def test_whoever_is_erased_is_named_at_no_meeting_in_no_reason_and_in_no_mail_that_was_cut(gyvel):
    thread = ThreadFactory(title=f"Til @{NAME}", text="Vi mødes.")
    space, other = thread.space, MembershipFactory(space=thread.space, role="facilitator").user
    meeting = MeetingFactory(space=space, title=f"Møde med @{NAME}", source=f"Kom, @{NAME}!", html=f"Kom, @{NAME}!")
    asked = QuestionFactory(meeting=meeting, text=f"Hvad gør @{NAME}?", author=other)
    Outcome.objects.create(question=asked, kind="seed", text=f"{NAME} skrev: @{NAME} fortæller.", by=other)
    signed_up(meeting, other, note=f"Jeg kører med @{NAME}.")
    poll = make_poll(thread.author, thread, f"Skal vi spørge @{NAME}?", ["Ja", f"Kun @{NAME}"])
    announce(other, space, f"Tak til @{NAME}", f"@{NAME} har hjulpet.")
    case = report(other, Post.objects.get(thread=thread), "other", f"Om @{NAME}.")
    hide(MembershipFactory(space=space, role="facilitator").user, case, f"Nævner @{NAME}.")
    cut = f"Fra: På forkant\n{NAME} svarer dig, {NAME.upper()}"
    IncomingMail.objects.create(key="x", user=other, state="posted", cut=cut)
    outbox.work()
    assert {"network.Meeting.slug", "network.Thread.slug"} <= set(everything_that_holds("ravnso"))
    assert len(everything_that_holds("Ravnsø")) >= 13
    call_command("erase_person", MAIL, "--yes", verbosity=0)
    outbox.work()
    assert everything_that_holds("Ravnsø") == [] and everything_that_holds("ravnso") == []
    assert Question.objects.get(pk=asked.pk).text == f"Hvad gør {SOMEONE}?"
    assert Outcome.objects.get().text == f"Tidligere medlem skrev: {SOMEONE} fortæller."
    assert poll.choices.last().text == f"Kun {SOMEONE}"
    assert IncomingMail.objects.get().cut == "Fra: På forkant\ntidligere medlem svarer dig, tidligere medlem"
    assert said(as_(other).get(Meeting.objects.get(pk=meeting.pk).get_absolute_url())).count(SOMEONE) >= 4


def test_what_others_say_in_their_own_words_stands_and_so_does_a_name_that_goes_on(gyvel):
    thread = ThreadFactory(text="Vi talte med dem i går.")
    longer = MemberFactory(name=f"{NAME}sen")
    MembershipFactory(space=thread.space, user=longer)
    post = reply(thread.author, thread, f"Spørg @{longer.name}.")
    call_command("erase_person", MAIL, "--yes", verbosity=0)
    assert Post.objects.get(pk=post.pk).source == f"Spørg @{longer.name}."


def test_nobody_is_erased_by_a_slip(gyvel):
    for arguments in ([MAIL], ["ingen@eksempel.example", "--yes"]):
        with pytest.raises(CommandError):
            call_command("erase_person", *arguments)
    as_(MemberFactory()).post(f"/admin/users/delete/{gyvel.pk}/")
    assert User.objects.filter(pk=gyvel.pk).exists()


def test_in_the_admin_a_superuser_erases_in_the_same_way(campaign, gyvel):
    thread = ThreadFactory(author=gyvel)
    other = MembershipFactory(space=thread.space).user
    post = reply(other, thread, f"Tak @{NAME}.")
    as_(User.objects.create_superuser("over@eksempel.example", "x")).post(f"/admin/users/delete/{gyvel.pk}/")
    assert Post.objects.get(pk=post.pk).source == f"Tak {SOMEONE}." and not User.objects.filter(pk=gyvel.pk).exists()
