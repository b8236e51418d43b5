"""What waits to be seen to, for whom: the queue of reports and of held posts, and the log of what was done."""

from dataclasses import dataclass, field

from django.core.paginator import Page, Paginator
from django.db.models import F, Min, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from network.models import Membership, ModerationAct, Post, Report, Showing, Space, Thread
from network.models.moderation import ADMINISTERS, MODERATES
from network.moderate import can_undo, held
from network.permissions import can
from network.rule import Act

SHOWN = 50
LOGGED = 30
POST = "thread__space"
FACES = "author__profile__municipality"


@dataclass
class Case:
    """A post to be seen to. `grounds`: the reports, none where it is held.

    `before`: the post before, where that may be read. `is_readable`: the thread may be read; if not, this post is all
    that is shown.
    """

    post: Post
    grounds: list = field(default_factory=list)
    before: Post | None = None
    is_readable: bool = False
    runs: bool = False

    @property
    def is_held(self):
        return not self.grounds

    @property
    def key(self):
        return self.post if self.is_held else self.grounds[0]

    @property
    def since(self):
        return self.post.created_at if self.is_held else self.grounds[0].at

    @property
    def is_handed_on(self):
        return any(report.state == Report.State.HANDED_ON for report in self.grounds)

    @property
    def title(self):
        """The title is part of the post that begins a thread; else only a reader of the thread sees it."""
        return self.post.thread.title if self.is_readable or self.post.number == 1 else ""

    @property
    def is_gone(self):
        return self.post.state == Showing.REMOVED

    @property
    def acts(self):
        """What may be done: (word in the address, label, kind of button)."""
        if self.is_held:
            found = [("godkend", _("Godkend"), "second"), ("afvis", _("Afvis"), "danger")]
        else:
            found = [("behold", _("Behold"), "second"), ("skjul", _("Skjul"), "danger")]
        found.append(("skriv-til-forfatter", _("Skriv til forfatteren"), "quiet"))
        if self.runs:
            found.append(("udeluk", _("Udeluk fra rummet"), "quiet"))
        if not self.is_held and not self.is_handed_on:
            found.append(("giv-videre", _("Giv videre"), "quiet"))
        return found


def sees_to_reports(user) -> bool:
    """Is it one of those who see to reports, somewhere?"""
    if user.has_perm(MODERATES) or user.has_perm(ADMINISTERS):
        return True
    return Membership.objects.who_may(Act.RUN).filter(user=user).exists()


def sees_to_space(user, space: Space) -> bool:
    """Does `user` see to what is reported in this space: does she run it, or is she an editor and it is open?"""
    if can(user, Act.RUN, space):
        return True
    return space.kind == Space.Kind.OPEN and can(user, Act.READ, space) and user.has_perm(MODERATES)


def number_waiting(user, space: Space | None = None) -> int:
    """Return how many posts wait for `user` to see to them, in one space, which she runs, or in all."""
    # In a space of her own the facilitator need not be asked whether she is an editor, too.
    reports = _waiting_reports(user) if space is None else Report.objects.run_by(user).waiting()
    reported = _in(space, reports, "post__thread__space").order_by().values("post")
    posts = _in(space, held(user), "thread__space").order_by().values("pk")
    return reported.union(posts).count()


def waiting(user, space: Space | None = None, number=1) -> Page:
    """Return a page of what waits as cases, the longest wait first, 50 a page; InvalidPage where there is none."""
    page = Paginator(_places(user, space), SHOWN).page(number)
    keys = [row["key"] for row in page]
    reports = _waiting_reports(user).filter(post__in=keys)
    reports = reports.annotate(before=_before(user, "post__thread", "post__number"))
    cases = {}
    for report in reports.select_related(f"post__{POST}__theme", f"post__{FACES}").order_by("at", "pk"):
        case = cases.setdefault(report.post_id, Case(report.post, before=report.before))
        case.grounds.append(report)
    posts = held(user).filter(pk__in=keys).annotate(before=_before(user, "thread", "number"))
    for post in posts.select_related(f"{POST}__theme", FACES):
        cases[post.pk] = Case(post, before=post.before)
    page.object_list = _with_context(user, [cases[key] for key in keys if key in cases])
    return page


def _places(user, space):
    """The posts that wait, {key, since}, the longest wait first. What is held waits to be let forth, also when it is
    reported."""
    reports = _in(space, _waiting_reports(user), "post__thread__space").exclude(post__in=held(user).order_by())
    posts = _in(space, held(user), "thread__space")
    reported = reports.order_by().values(key=F("post")).annotate(since=Min("at"))
    return reported.union(posts.order_by().values(key=F("pk"), since=F("created_at"))).order_by("since", "key")


def case_of(user, key: Report | Post) -> Case:
    """Return the case of one report, with all reports of its post, or of one held post; `key` is what she may see."""
    if isinstance(key, Post):
        before = held(user).annotate(before=_before(user, "thread", "number"))
        case = Case(before.select_related(POST, FACES).get(pk=key.pk))
        case.before = case.post.before
    else:
        reports = Report.objects.visible_to(user).filter(Q(pk=key.pk) | Q(post=key.post_id, state__in=Report.OPEN))
        reports = reports.annotate(before=_before(user, "post__thread", "post__number"))
        found = sorted(
            reports.select_related(f"post__{POST}", f"post__{FACES}"), key=lambda report: report.pk != key.pk
        )
        case = Case(found[0].post, found, found[0].before)
    return _with_context(user, [case])[0]


def log(user, space: Space | None = None, number=1) -> Page:
    """Return a page of the acts that `user` sees, the last first, 30 a page; InvalidPage where there is none.

    Each with `may_undo`, and `is_readable`: may she read the thread of its post?
    """
    acts = _in(space, ModerationAct.objects.visible_to(user), "space")
    page = Paginator(acts.select_related("space", "by", "person", "undone_by", f"post__{POST}"), LOGGED).page(number)
    page.object_list = list(page.object_list)
    readable = _readable(user, {act.post.thread_id for act in page if act.post})
    for act in page:
        act.may_undo = can_undo(act)
        act.is_readable = act.post is not None and act.post.thread_id in readable
    return page


def _waiting_reports(user):
    return Report.objects.visible_to(user).waiting()


def _in(space, rows, path):
    return rows if space is None else rows.filter(**{path: space})


def _before(user, thread, number):
    """The last post before, that `user` may read: to an administrator of what was handed on there is none."""
    posts = Post.objects.visible_to(user).filter(thread=OuterRef(thread), number__lt=OuterRef(number))
    return Subquery(posts.order_by("-number").values("pk")[:1])


def _with_context(user, cases):
    """Bring the posts before, and what the reader is to each space, in one query each."""
    before = Post.objects.visible_to(user).filter(pk__in={case.before for case in cases if case.before})
    before = {post.pk: post for post in before.select_related(FACES)}
    readable = _readable(user, {case.post.thread_id for case in cases})
    runs = set(
        Membership.objects.who_may(Act.RUN)
        .filter(user=user.pk, space__in={case.post.thread.space_id for case in cases})
        .values_list("space", flat=True)
    )
    for case in cases:
        case.before = before.get(case.before)
        case.is_readable = case.post.thread_id in readable
        case.runs = case.post.thread.space_id in runs
    return cases


def _readable(user, threads):
    return set(Thread.objects.visible_to(user).filter(pk__in=threads).order_by().values_list("pk", flat=True))
