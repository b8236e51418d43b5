"""Reporting a post, and seeing to what was reported and what is held."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import InvalidPage
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from network import moderate
from network.models import ModerationAct, Post, Report
from network.models.moderation import ADMINISTERS
from network.moderate import AlreadyDone, held
from network.moderation_forms import ReportForm, WhyForm
from network.permissions import Refused, check_read_space
from network.report import check_can_be_reported, goes_to_administrators, own_waiting
from network.report import report as send_report
from network.review import case_of, log, sees_to_reports, sees_to_space, waiting
from network.rule import Act
from network.views.door import found_space, members_only, with_door
from network.views.limited import limited
from network.views.rooms import around
from network.views.talk import found_thread

# --- reporting ------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def report(request, slug, pk, thread_slug, number):
    thread = found_thread(request.user, slug, pk)
    posts = Post.objects.visible_to(request.user).select_related("author__profile__municipality")
    post = get_object_or_404(posts, thread=thread, number=number)
    post.thread = thread
    if sent := own_waiting(request.user, post):
        return _report(request, post, sent=sent)
    try:
        check_can_be_reported(request.user, post)
    except ValidationError as fault:
        return _report(request, post, fault=fault.messages[0], status=409)
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            send_report(request.user, post, form.cleaned_data["reason"], form.cleaned_data["words"])
        except ValidationError as fault:
            form.add_error(None, fault)
        else:
            messages.success(request, _receipt(post))
            return redirect(post.place)
    return limited(_report(request, post, form=form, status=400 if form.is_bound else 200), form)


def _receipt(post):
    if goes_to_administrators(post):
        return _("Tak. En administrator ser på indlægget. Du får en mail, når det er gjort.")
    return _("Tak. Facilitator ser på indlægget. Du får en mail, når det er gjort.")


def _report(request, post, status=200, **context):
    context |= {
        "space": post.thread.space,
        "thread": post.thread,
        "post": post,
        "goes_to_administrators": goes_to_administrators(post),
    }
    return render(request, "network/report_form.html", context, status=status)


# --- the queue ------------------------------------------------------------------------------------------


@require_GET
@members_only
def review(request):
    _check_sees_to(request.user)
    return _queue(request)


@require_GET
@members_only
@with_door
def space_review(request, slug):
    space = found_space(request.user, slug)
    check_read_space(request.user, space)
    if not sees_to_space(request.user, space):
        raise Refused(space, Act.RUN)
    return _queue(request, space)


def _check_sees_to(user):
    if not sees_to_reports(user):
        raise PermissionDenied


def _queue(request, space=None, fault="", status=200):
    try:
        cases = waiting(request.user, space, request.GET.get("side", 1))
        done = log(request.user, space, request.GET.get("log", 1))
    except InvalidPage as gone:
        raise Http404 from gone
    for page in (cases, done):
        page.before = page.number - 1
        page.after = page.number + 1 if page.has_next() else None
    context = {"cases": cases, "log": done, "fault": fault}
    context |= around(request.user, space) if space else {}
    return render(request, "network/review.html", context, status=status)


# --- what is done ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Way:
    """One thing that can be done: the verb, and how the page speaks of it."""

    verb: object
    heading: str
    button: str
    label: str
    hint: str
    done: str
    is_danger: bool = False


AUTHOR_READS = gettext_lazy("Bliver læst af den, der har skrevet indlægget. Hvem der anmeldte, står der ikke.")
ABOUT_EITHER = {
    "skriv-til-forfatter": Way(
        moderate.write_to_author,
        gettext_lazy("Skriv til forfatteren"),
        gettext_lazy("Send"),
        gettext_lazy("Tekst til forfatteren"),
        gettext_lazy("Kommer på mail fra rummet, uden dit navn. Hvem der anmeldte, står der ikke."),
        gettext_lazy("Teksten er sendt til forfatteren. Sagen venter stadig her."),
    ),
    "udeluk": Way(
        moderate.suspend,
        gettext_lazy("Udeluk forfatteren fra rummet"),
        gettext_lazy("Udeluk fra rummet"),
        gettext_lazy("Hvorfor?"),
        gettext_lazy(
            "Bliver læst af den, du udelukker, sammen med hvordan man klager. Man kan så hverken læse eller skrive."
        ),
        gettext_lazy("Forfatteren er udelukket fra rummet. Sagen venter stadig her."),
        is_danger=True,
    ),
}
ABOUT_REPORT = {
    "behold": Way(
        moderate.keep,
        gettext_lazy("Behold indlægget"),
        gettext_lazy("Behold indlægget"),
        gettext_lazy("Hvorfor?"),
        gettext_lazy("Bliver læst af den, der anmeldte. Den, der har skrevet indlægget, får ikke noget at vide."),
        gettext_lazy("Indlægget bliver stående."),
    ),
    "skjul": Way(
        moderate.hide,
        gettext_lazy("Skjul indlægget"),
        gettext_lazy("Skjul indlægget"),
        gettext_lazy("Hvorfor?"),
        AUTHOR_READS,
        gettext_lazy("Indlægget er skjult. Du kan fortryde i 30 dage."),
        is_danger=True,
    ),
    "giv-videre": Way(
        moderate.hand_on,
        gettext_lazy("Giv sagen videre til administratorerne"),
        gettext_lazy("Giv sagen videre"),
        gettext_lazy("Hvorfor?"),
        gettext_lazy("Bliver læst af administratorerne."),
        gettext_lazy("Sagen er givet videre til administratorerne."),
    ),
    **ABOUT_EITHER,
}
ABOUT_HELD = {
    "godkend": Way(
        moderate.approve,
        gettext_lazy("Godkend indlægget"),
        gettext_lazy("Lad det komme frem"),
        gettext_lazy("Et par ord til forfatteren"),
        gettext_lazy("Kan springes over. Det næste, forfatteren skriver, kommer frem med det samme."),
        gettext_lazy("Indlægget er kommet frem."),
    ),
    "afvis": Way(
        moderate.refuse,
        gettext_lazy("Afvis indlægget"),
        gettext_lazy("Afvis indlægget"),
        gettext_lazy("Hvorfor?"),
        AUTHOR_READS,
        gettext_lazy("Indlægget kommer ikke frem. Du kan fortryde i 30 dage."),
        is_danger=True,
    ),
    **ABOUT_EITHER,
}


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def about_report(request, pk, act):
    found = Report.objects.visible_to(request.user).filter(pk=pk).select_related("post__thread__space")
    return _act(request, ABOUT_REPORT.get(act), act, found.first())


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def about_held(request, pk, act):
    found = Post.objects.visible_to(request.user).filter(pk=pk).select_related("thread__space")
    return _act(request, ABOUT_HELD.get(act), act, _mine_to_see(request.user, found.first()))


def _mine_to_see(user, post):
    """A post that was held for `user` a moment ago, or is: the verb says which."""
    if post is None or not sees_to_space(user, post.thread.space):
        return None
    waits = held(user).filter(pk=post.pk).exists()
    return post if waits or post.moderation_acts.visible_to(user).exists() else None


def _act(request, way, name, key):
    if way is None:
        raise Http404
    if key is None:
        return _gone(request)
    space = key.thread.space if isinstance(key, Post) else key.post.thread.space
    form = WhyForm(request.POST or None, label=way.label, hint=way.hint)
    if request.method == "POST" and form.is_valid():
        try:
            way.verb(request.user, key, form.cleaned_data["why"])
        except AlreadyDone as fault:
            return _queue_again(request, fault.messages[0])
        except ValidationError as fault:
            form.add_error("why" if fault.code in ("empty", "long", "cpr") else None, fault)
        else:
            messages.success(request, way.done)
            return redirect("review")
    if not _waits(request.user, key):
        return _queue_again(request, AlreadyDone().messages[0])
    case = case_of(request.user, key)
    if name not in [act for act, _label, _kind in case.acts]:
        raise Http404
    context = {"case": case, "space": space, "way": way, "act": name, "form": form}
    return render(request, "network/review_act.html", context, status=400 if form.is_bound else 200)


def _waits(user, key):
    if isinstance(key, Post):
        return held(user).filter(pk=key.pk).exists()
    return key.state in Report.OPEN


def _gone(request):
    """What one does not see to is not found; to an administrator a case that was closed meanwhile is done."""
    if request.method == "POST" and request.user.has_perm(ADMINISTERS):
        return _queue_again(request, AlreadyDone().messages[0])
    raise Http404


def _queue_again(request, fault):
    _check_sees_to(request.user)
    return _queue(request, fault=fault, status=409)


@require_POST
@members_only
@with_door
def undo(request, pk):
    acts = ModerationAct.objects.visible_to(request.user)
    try:
        moderate.undo(request.user, get_object_or_404(acts, pk=pk))
    except ValidationError as fault:
        return _queue_again(request, fault.messages[0])
    messages.success(request, _("Det er fortrudt."))
    return redirect("review")
