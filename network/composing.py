"""What stands around the field in which something is written: who can read it, what was begun, what comes of it."""

from dataclasses import dataclass, field

from django.db.models import CharField, DateTimeField, JSONField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat, JSONObject
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from network import drafts, pointing, references
from network.markdown import Clean, checked
from network.models import Draft, Post, Space, Thread
from network.readers import Audience, numbers_of, readers_of

KEPT = ("title", "text", "version", "base", "other")


@dataclass
class Preview:
    html: str = ""
    pointed: list = field(default_factory=list)

    @property
    def body(self):
        return Clean(self.html)


@dataclass
class Composer:
    """The surroundings of one form. `place` is where its draft is kept.

    What was asked with the form and did not send it: `preview`; `notices` to be seen before it is sent; `stale`, the
    draft as another device left it.
    """

    user: object
    space: Space
    place: str
    thread: Thread | None = None
    post: Post | None = None
    audience: Audience | None = None
    draft: Draft | None = None
    spoken: references.Spoken | None = None
    preview: Preview | None = None
    notices: list = field(default_factory=list)
    stale: Draft | None = None
    is_filled: bool = False
    kept: int | None = None  # the version of the draft that the form begins from, where it is sent back

    @property
    def version(self):
        if self.kept is not None:
            return self.kept
        return self.draft.version if self.draft else 0

    @property
    def saved(self):
        return saved(self.draft) if self.draft else ""

    def look(self, text: str) -> None:
        """Make the preview. Raises ValidationError as sending would."""
        written = pointing.write(self.user, self.space, checked(text), self.thread)
        pointing.check_numbers(self.user, written)
        shown = references.shown_to(self.user, written.things)
        pointed = [shown[pair] for pair in written.things if pair in shown]
        self.preview = Preview(references.filled(written.html, shown), pointed)
        self.notices = pointing.notices(written, self.space)

    def ask_first(self, text: str) -> bool:
        """Is there something the writer should see before this is sent? Then it stands in `notices`."""
        if "@" in text:
            self.notices = pointing.notices(
                pointing.write(self.user, self.space, checked(text), self.thread), self.space
            )
        return bool(self.notices)


def for_new_thread(user, space: Space) -> Composer:
    return Composer(user, space, drafts.of_new_thread(space))


def for_reply(user, thread: Thread) -> Composer:
    return Composer(user, thread.space, drafts.of_reply(thread), thread)


def for_edit(user, post: Post) -> Composer:
    return Composer(user, post.thread.space, drafts.of_edit(post), post.thread, post)


def fill(composer: Composer, may_write: bool = True, about: Thread | None = None) -> Composer:
    """Fill in what is shown around the form: who can read, what was begun, in how many threads `about` is spoken of.

    One query for all three, and none where it is filled in.
    """
    if composer.is_filled:
        return composer
    row = Space.objects.visible_to(composer.user).filter(pk=composer.space.pk)
    row = row.values(**_asked(composer, may_write, about)).first() or {}
    return _filled(composer, row, about)


def _filled(composer, row, about):
    composer.is_filled = True
    if row.get("readers") is not None:
        composer.audience = Audience(row["readers"], row["places"])
    if row.get("draft"):
        composer.draft = Draft(user=composer.user, place=composer.place, at=row["draft_at"], **row["draft"])
    if row.get("spoken"):
        composer.spoken = references.Spoken(row["spoken"], references.address_of(references.THREAD, about.pk))
    return composer


def beside_thread(threads, user, pk):
    """Lay beside a thread, for `permissions.thread_for`, what a page of it needs of the above: `draft`, `draft_at` and
    `spoken`.
    """
    place = Concat(Value(f"{drafts.REPLY}:"), Cast(OuterRef("pk"), CharField()))
    return threads.annotate(
        **_draft(Draft.objects.visible_to(user).filter(place=place)),
        spoken=references.number_of_threads(user, references.THREAD, pk),
    )


def fill_beside(composer: Composer, posts: list[Post], may_write: bool = True) -> Composer:
    """As `fill`, for the page of a thread that came with `beside_thread` and of `posts` that came with `numbers_of`
    its readers: then nothing is left to ask for.
    """
    thread = composer.thread
    if composer.is_filled or not hasattr(thread, "spoken") or (may_write and not posts):
        return fill(composer, may_write, about=thread)
    row = {"spoken": thread.spoken}
    if may_write:
        row |= {"readers": posts[0].readers, "places": posts[0].places}
        row |= {"draft": thread.draft, "draft_at": thread.draft_at}
    return _filled(composer, row, thread)


def _asked(composer, may_write, about):
    asked = {"there": Value(1)}
    if may_write:
        own = Draft.objects.visible_to(composer.user).filter(place=composer.place)
        asked |= numbers_of(readers_of(composer.space, composer.thread)) | _draft(own)
    if about is not None:
        asked["spoken"] = references.number_of_threads(composer.user, references.THREAD, about.pk)
    return asked


def _draft(own):
    parts = JSONObject(**{name: name for name in KEPT})
    return {
        "draft": Subquery(own.annotate(parts=parts).values("parts"), output_field=JSONField()),
        "draft_at": Subquery(own.values("at"), output_field=DateTimeField()),
    }


def saved(draft: Draft) -> str:
    """Return when a draft was saved, as it is told to its writer."""
    at = timezone.localtime(draft.at)
    clock = date_format(at, "G.i")
    if at.date() == timezone.localdate():
        return _("Kladden er gemt kl. %(clock)s") % {"clock": clock}
    return _("Kladden er gemt %(day)s kl. %(clock)s") % {"day": date_format(at, "j. F"), "clock": clock}
