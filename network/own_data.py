"""What the network keeps about a person, for herself to take along (accounts.own_data).

Her own words come with her from wherever they stand. What stands around them – the name of a space, the title of a
thread or a meeting – is asked by the rule at this moment.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Page

from accounts.own_data import NOT_READABLE, brings, names
from content.listing import listed, page_types
from network.follow import THINGS
from network.models import (
    AccessRequest,
    Announcement,
    Attachment,
    AttachmentVersion,
    CalendarFeed,
    DigestSlot,
    Draft,
    Event,
    Follow,
    Handover,
    IncomingMail,
    Meeting,
    Membership,
    MembershipChange,
    Mention,
    ModerationAct,
    Municipality,
    Notice,
    NoticeSettings,
    Outcome,
    Poll,
    PollChoice,
    Post,
    PostVersion,
    Profile,
    Question,
    QuestionVote,
    ReadMarker,
    Report,
    Seat,
    Space,
    Thanks,
    Thread,
    ThreadChoice,
    Vote,
)
from network.notices import verb_of
from taxonomy.models import Theme

N = gettext_lazy
WHEN, SPACE, THREAD, POST, MEETING, TEXT = N("Hvornår"), N("Rum"), N("Tråd"), N("Indlæg"), N("Møde"), N("Tekst")
MADE_OF = "made of what is told"
OF_A_FORM = "of the form alone"
OTHERS = "who else took part is theirs"
STANDS = "of where it stands, not of her"

# --- what things are called, to those who may read them ---------------------------------------------------


@names(Space)
def spaces(user, ids):
    return {space.pk: space.name for space in Space.objects.visible_to(user).filter(pk__in=ids)}


@names(Thread)
def threads(user, ids):
    return dict(Thread.objects.visible_to(user).filter(pk__in=ids).values_list("pk", "title"))


@names(Post)
def posts(user, ids):
    found = Post.objects.visible_to(user).filter(pk__in=ids).values_list("pk", "thread__title", "number")
    return {pk: _("»%(thread)s«, nr. %(number)s") % {"thread": title, "number": nr} for pk, title, nr in found}


@names(Meeting)
def meetings(user, ids):
    return dict(Meeting.objects.visible_to(user).filter(pk__in=ids).values_list("pk", "title"))


@names(Question)
def questions(user, ids):
    """What she asked herself, in her words; of another's the meeting it was put to."""
    found = Question.objects.visible_to(user).filter(pk__in=ids).select_related("meeting")
    return {
        row.pk: row.text
        if row.author_id == user.pk
        else _("et spørgsmål til »%(meeting)s«") % {"meeting": row.meeting.title}
        for row in found
    }


@names(Poll)
def polls(user, ids):
    found = Poll.objects.visible_to(user).filter(pk__in=ids).values_list("pk", "thread__title")
    return {pk: _("afstemningen i »%(thread)s«") % {"thread": title} for pk, title in found}


@names(PollChoice)
def choices(user, ids):
    """Which one it was, by its number: the words of it are another's."""
    found = PollChoice.objects.filter(pk__in=ids).values_list("pk", "place", "poll")
    called = polls(user, {poll for _pk, _place, poll in found})
    return {
        pk: _("nr. %(number)s i %(poll)s") % {"number": place, "poll": called.get(poll, NOT_READABLE)}
        for pk, place, poll in found
    }


@names(Attachment)
def files(user, ids):
    return {file.pk: file.name for file in Attachment.objects.visible_to(user).filter(pk__in=ids)}


@names(Municipality)
def municipalities(user, ids):
    return dict(Municipality.anywhere.filter(pk__in=ids).values_list("pk", "full_name"))


@names(Theme)
def themes(user, ids):
    return dict(Theme.objects.filter(pk__in=ids).values_list("pk", "title"))


@names(Page)
def pages(user, ids):
    return {page.pk: page.title for page in listed(*page_types()).filter(pk__in=ids)}


def _titles(user, rows):
    """The title of a thread: her own, or that of one she may read."""
    shown = threads(user, {row.pk for row in rows})
    return {row.pk: row.title if row.author_id == user.pk else shown.get(row.pk, str(NOT_READABLE)) for row in rows}


def _titles_of_meetings(user, rows):
    shown = meetings(user, {row.pk for row in rows})
    return {row.pk: row.title if row.made_by_id == user.pk else shown.get(row.pk, str(NOT_READABLE)) for row in rows}


def _followed(user, rows):
    """What everyone may read of what she follows."""
    found = {row.pk: THINGS[row.what].found(row.object_id) for row in rows if row.what in THINGS}
    return {pk: str(thing) if thing else str(NOT_READABLE) for pk, thing in found.items()}


def _reasons(user, rows):
    return {row.pk: str(verb_of(row.verb).whys.get(row.why, "")) for row in rows}


# --- the parts ----------------------------------------------------------------------------------------------

brings(
    N("Din profil"),
    Profile,
    whose=["user"],
    tells={
        "kind": N("Du er"),
        "role": N("Stilling"),
        "municipality": N("Kommune"),
        "organisation": N("Organisation"),
        "about": N("Kort om dig"),
        "phone": N("Telefon"),
        "themes": N("Kan spørges om temaerne"),
        "methods": N("Kan spørges om metoder og værktøjer"),
        "ask_limit": N("Så meget kan du spørges"),
        "completed_at": N("Udfyldt"),
        "role_seen": N("Hvem kan se stillingen"),
        "place_seen": N("Hvem kan se, hvor du arbejder"),
        "topics_seen": N("Hvem kan se, hvad du kan spørges om"),
        "about_seen": N("Hvem kan se det om dig"),
        "phone_seen": N("Hvem kan se telefonen"),
        "picture_seen": N("Hvem kan se billedet"),
    },
    leaves={"picture": "a file; she sees and fetches it beside her profile"},
)
brings(
    N("Rum, du er med i"),
    Membership,
    whose=["user"],
    tells={
        "space": SPACE,
        "role": N("Rolle"),
        "state": N("Tilstand"),
        "joined_at": N("Med siden"),
        "seen_at": N("Sidst set"),
        "read_until": N("Læst til og med"),
        "level": N("Besked fra rummet"),
        "is_on_trial": N("Det næste, du skriver, venter på facilitator"),
    },
)
brings(
    N("Hvordan du kom og gik"),
    MembershipChange,
    whose=["user", "by"],
    tells={"space": SPACE, "user": N("Hvem"), "what": N("Hvad"), "by": N("Gjort af"), "why": N("Hvorfor"), "at": WHEN},
    own_words={"why": "by"},
)
brings(
    N("Anmodninger om adgang"),
    AccessRequest,
    whose=["user", "answered_by"],
    tells={
        "space": SPACE,
        "user": N("Spurgt af"),
        "reason": N("Begrundelse"),
        "asked_at": N("Spurgt"),
        "state": N("Tilstand"),
        "answered_by": N("Svaret af"),
        "answer": N("Svar"),
        "answered_at": N("Svaret"),
    },
    own_words={"reason": "user", "answer": "answered_by"},
)
brings(
    N("Tråde, du har begyndt, ser efter eller har gjort noget ved"),
    Thread,
    whose=["author", "status_by", "closed_by", "kept_by"],
    tells={
        "title": N("Overskrift"),
        "space": SPACE,
        "author": N("Begyndt af"),
        "created_at": N("Begyndt"),
        "status_source": N("Status nu"),
        "status_by": N("Status er skrevet af"),
        "status_at": N("Status er skrevet"),
        "closed_at": N("Lukket"),
        "closed_by": N("Lukket af"),
        "closed_why": N("Hvorfor lukket"),
        "kept_by": N("Ses efter af"),
        "state": N("Tilstand"),
    },
    leaves={
        "slug": MADE_OF,
        "status_html": MADE_OF,
        "status_version": OF_A_FORM,
        **dict.fromkeys(
            ["last_post_at", "number_of_posts", "first_is_shown", "last_number", "pinned_at", "answer"], STANDS
        ),
        **dict.fromkeys(["has_poll", "has_joined"], STANDS),
    },
    own_words={"status_source": "status_by", "closed_why": "closed_by"},
    in_words={"title": _titles},
)
brings(
    N("Indlæg, du har skrevet"),
    Post,
    whose=["author"],
    tells={
        "thread": THREAD,
        "number": N("Nummer"),
        "source": TEXT,
        "created_at": N("Skrevet"),
        "edited_at": N("Rettet"),
        "state": N("Tilstand"),
        "state_at": N("Tilstanden er fra"),
        "number_of_thanks": N("Tak"),
        "reply_to": N("Svar på"),
    },
    leaves={
        "html": MADE_OF,
        "version": OF_A_FORM,
        "form_key": OF_A_FORM,
        "state_by": OTHERS,
        "state_before": STANDS,
        "has_files": STANDS,
        "has_references": STANDS,
    },
)
brings(
    N("Det, der stod i dine indlæg, før du rettede dem"),
    PostVersion,
    whose=["post__author"],
    tells={"post": POST, "version": N("Udgave"), "source": TEXT, "written_at": N("Skrevet")},
    leaves={"html": MADE_OF},
)
brings(
    N("Kladder"),
    Draft,
    whose=["user"],
    tells={"title": N("Overskrift"), "text": TEXT, "other": N("Skrevet på en anden enhed"), "at": N("Gemt")},
    leaves={"place": "may name a space or thread she reads no longer", "version": OF_A_FORM, "base": OF_A_FORM},
)
brings(
    N("Filer, du har lagt op"),
    Attachment,
    whose=["uploaded_by"],
    tells={"name": N("Navn"), "space": SPACE, "post": POST, "uploaded_at": N("Lagt op")},
)
brings(
    N("Udgaver af filer, du har lagt op"),
    AttachmentVersion,
    whose=["uploaded_by"],
    tells={
        "attachment": N("Fil"),
        "version": N("Udgave"),
        "kind": N("Type"),
        "size": N("Bytes"),
        "width": N("Bredde"),
        "height": N("Højde"),
        "scan": N("Virustjek"),
        "uploaded_at": N("Lagt op"),
    },
    leaves={
        **dict.fromkeys(["file", "thumbnail"], "files are taken by name; she fetches them in the space"),
        **dict.fromkeys(["text", "text_read_at"], "what stands in the file, for the search"),
    },
)
brings(N("Tak, du har sagt"), Thanks, whose=["user"], tells={"post": POST, "at": WHEN})
brings(
    N("Indlæg, der nævner dig"),
    Mention,
    whose=["user"],
    tells={"post": POST},
    rows=lambda user: Mention.objects.visible_to(user).filter(user=user).order_by("pk"),
)
brings(
    N("Hvor langt du har læst"),
    ReadMarker,
    whose=["user"],
    tells={"thread": THREAD, "number": N("Til nummer"), "at": WHEN},
)
brings(
    N("Mails, du har skrevet til netværket"),
    IncomingMail,
    whose=["user"],
    tells={"at": N("Modtaget"), "state": N("Tilstand"), "post": POST, "told": N("Det skrev vi til dig")},
    leaves={
        "key": "the number by which it is taken once",
        "cut": "mostly what others wrote, quoted; she unfolds it where she edits the post",
    },
)
# --- polls
brings(
    N("Afstemninger, du har lavet"),
    Poll,
    whose=["made_by"],
    tells={
        "thread": THREAD,
        "question": N("Spørgsmål"),
        "is_multiple": N("Man kan vælge flere"),
        "closes_at": N("Slutter"),
        "result": N("Resultatet vises"),
        "made_at": N("Lavet"),
    },
)
brings(
    N("Svarmuligheder i dine afstemninger"),
    PollChoice,
    whose=["poll__made_by"],
    tells={"poll": N("Afstemning"), "place": N("Nummer"), "text": TEXT},
)
brings(N("Svar, du har valgt i afstemninger"), Vote, whose=["user"], tells={"choice": N("Svar")})
# --- meetings
brings(
    N("Møder, du har planlagt eller holder"),
    Meeting,
    whose=["made_by", "organisers"],
    tells={
        "title": N("Titel"),
        "space": SPACE,
        "audience": N("For hvem"),
        "kind": N("Slags"),
        "source": N("Beskrivelse"),
        "place": N("Sted"),
        "address": N("Adresse"),
        "link": N("Link"),
        "starts_at": N("Begynder"),
        "ends_at": N("Slutter"),
        "when_note": N("Bemærkning om tiden"),
        "seat_limit": N("Antal pladser"),
        "state": N("Tilstand"),
        "cancelled_why": N("Hvorfor aflyst"),
        "sources": N("Kilder"),
        "made_by": N("Planlagt af"),
        "made_at": N("Planlagt"),
        "held_at": N("Holdt"),
    },
    leaves={
        "slug": MADE_OF,
        "html": MADE_OF,
        "organisers": OTHERS,
        **dict.fromkeys(["zone", "precision", "takes_signups", "changed_at", "uid", "sequence"], STANDS),
        "form_key": OF_A_FORM,
    },
    own_words=dict.fromkeys(
        ["kind", "source", "place", "address", "link", "when_note", "cancelled_why", "sources"], "made_by"
    ),
    in_words={"title": _titles_of_meetings},
)
brings(
    N("Spørgsmål, du har stillet til møder"),
    Question,
    whose=["author"],
    tells={"meeting": MEETING, "text": TEXT, "thread": THREAD, "made_at": N("Stillet"), "closed_at": N("Taget af")},
    leaves={"pinned_at": STANDS, "form_key": OF_A_FORM},
)
brings(
    N("Spørgsmål, du har stemt på"),
    QuestionVote,
    whose=["user"],
    tells={"question": N("Spørgsmål")},
)
brings(
    N("Tilmeldinger til møder"),
    Seat,
    whose=["user"],
    tells={
        "meeting": MEETING,
        "state": N("Tilstand"),
        "at": N("Tilmeldt"),
        "note": N("Besked til mødeholderne"),
        "is_absent": N("Kom ikke"),
    },
)
brings(
    N("Linjer i noter og opgaver fra møder"),
    Outcome,
    whose=["by", "owner"],
    tells={
        "question": N("Spørgsmål"),
        "kind": N("Det blev til"),
        "text": N("Linje"),
        "by": N("Skrevet af"),
        "owner": N("Opgaven er taget af"),
        "due_on": N("Senest"),
        "done_at": N("Gjort"),
        "at": WHEN,
        "into": SPACE,
        "post": POST,
    },
    leaves={"reminded_at": "stands among the mails"},
    own_words={"text": "by"},
)
brings(
    N("Din kalenderadresse"),
    CalendarFeed,
    whose=["user"],
    tells={"made_at": N("Lavet")},
    leaves={"mark": "only what proves the address is kept"},
)
# --- what one is told
brings(
    N("Hvordan du vil have besked"),
    NoticeSettings,
    whose=["user"],
    tells={
        "preset": N("Hvor meget"),
        "cadence": N("Samlet mail"),
        "weekday": N("Ugedag"),
        "hour": N("Klokken"),
        "zone": N("Tidszone"),
        "collected_until": N("Samlet til og med"),
        "next_at": N("Næste samlede mail"),
    },
)
brings(
    N("Tråde, du følger eller har slået fra"),
    ThreadChoice,
    whose=["user"],
    tells={"thread": THREAD, "what": N("Valg")},
)
brings(
    N("Det, du følger"),
    Follow,
    whose=["user"],
    tells={"object_id": N("Hvad"), "at": N("Siden")},
    leaves={"what": "of which kind it is; it is named"},
    in_words={"object_id": _followed},
)
brings(
    N("Beskeder til dig"),
    Notice,
    whose=["user"],
    tells={
        "why": N("Hvorfor"),
        "space": SPACE,
        "post": POST,
        "meeting": MEETING,
        "created_at": WHEN,
        "read_at": N("Læst"),
        "mail": N("Mail"),
    },
    leaves={"verb": "the reason says it", "who": OTHERS, "event": STANDS, "about": "numbers of other rows"},
    in_words={"why": _reasons},
)
brings(
    N("Samlede mails til dig"),
    DigestSlot,
    whose=["user"],
    tells={"period": N("Periode"), "since": N("Fra"), "until": N("Til")},
    leaves={"letter": "stands among the mails"},
)
brings(
    N("Meddelelser, du har skrevet til alle i et rum"),
    Announcement,
    whose=["by"],
    tells={"space": SPACE, "subject": N("Emne"), "text": TEXT, "at": WHEN, "number": N("Sendt til så mange")},
    leaves={"form_key": OF_A_FORM},
)
# --- reports, and what was done
brings(
    N("Indlæg, du har anmeldt"),
    Report,
    whose=["by"],
    tells={"space": SPACE, "post": POST, "reason": N("Hvorfor"), "words": N("Med dine ord"), "at": WHEN},
    leaves={"state": "told by mail to those who may still read there"},
)
brings(
    N("Det, du har gjort ved indlæg og personer som facilitator eller redaktør"),
    ModerationAct,
    whose=["by", "undone_by"],
    tells={
        "what": N("Hvad"),
        "space": SPACE,
        "thread": THREAD,
        "post": POST,
        "why": N("Hvorfor"),
        "at": WHEN,
        "undone_at": N("Fortrudt"),
    },
    leaves=dict.fromkeys(["person", "by", "undone_by", "membership"], OTHERS) | {"report": STANDS},
    own_words={"why": "by"},
)
brings(
    N("Det, der er gjort ved dine indlæg eller dig"),
    ModerationAct,
    whose=["person"],
    tells={"what": N("Hvad"), "space": SPACE, "at": WHEN, "undone_at": N("Fortrudt")},
    leaves=dict.fromkeys(["by", "undone_by", "person", "membership", "report", "why"], OTHERS)
    | dict.fromkeys(["thread", "post"], STANDS),
    # That a post was reported and stands its author is not told: that would tell who reported it.
    rows=lambda user: ModerationAct.objects.readable_by(user).filter(person=user).order_by("pk"),
)
brings(
    N("Det, du har givet videre eller overtaget, da nogen skiftede job"),
    Handover,
    whose=["giver", "heir", "by"],
    tells={"giver": N("Fra"), "heir": N("Til"), "by": N("Gjort af"), "at": WHEN},
    leaves={"things": "numbers of other rows"},
)
brings(
    N("Det, du har gjort"),
    Event,
    whose=["who"],
    tells={"what": N("Hvad"), "at": WHEN, "space": SPACE, "thread": THREAD, "post": POST, "meeting": MEETING},
    leaves={"who": MADE_OF, "whom": "what others do about her is told where it was done; reports are not"},
)
