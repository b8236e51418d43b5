"""What one is told, in a list that can be acted on where it stands; and how one wants to be told."""

from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from network import bell
from network import follow as following
from network.models import Membership
from network.notice_choices import choose_collected, choose_level, choose_preset, settings_of
from network.notice_forms import CollectedForm, LevelForm, PresetForm
from network.notices import fill, mark_read, settle, shown_to, verb_of
from network.permissions import check_read_space
from network.references import NAMES
from network.views.door import found_space, members_only, with_door
from network.views.talk import found_thread

PER_PAGE = 40


@require_GET
@members_only
def notices(request):
    """The own notices, those of one thread or space together, the newest first."""
    unread = bell.number_of(request.user)
    if unread:
        unread -= settle(request.user)
    number, first = _page_of(request)
    listed = list(shown_to(request.user)[first : first + PER_PAGE + 1])
    if number > 1 and not listed:
        raise Http404
    shown = fill(listed[:PER_PAGE], request.user)
    if over := [row.pk for row in listed[:PER_PAGE] if row not in shown and row.read_at is None]:
        unread -= mark_read(request.user, pk__in=over)
    context = {
        "groups": _grouped(shown),
        "previous": number - 1,
        "next": number + 1 if len(listed) > PER_PAGE else None,
        "unread": unread,
        "form_key": uuid4,
    }
    return render(request, "network/notices.html", context)


def _page_of(request):
    """Return the number of the page asked for, and how many notices stand before it."""
    asked = request.GET.get("side") or "1"
    if not (asked.isascii() and asked.isdigit() and int(asked[:9]) > 0 and len(asked) < 9):
        raise Http404
    return int(asked), (int(asked) - 1) * PER_PAGE


def _grouped(shown):
    """Return the notices under their heading: of one thread or space together, where the newest stands."""
    groups = {}
    for notice in shown:
        verb = verb_of(notice.verb)
        notice.sentence, notice.reason = verb.sentence(notice), verb.whys[notice.why]
        notice.words, notice.act = verb.words(notice), verb.act
        if notice.post_id is not None:
            thread = notice.post.thread
            key, notice.may_answer = ("thread", thread.pk), not thread.is_closed
        elif notice.meeting_id is not None:
            key = ("meeting", notice.meeting_id)
        else:
            key = (notice.verb, notice.space_id or notice.about)
        head = {"title": verb.heading(notice), "place": verb.place(notice), "link": verb.link(notice), "rows": []}
        groups.setdefault(key, head)["rows"].append(notice)
    for group in groups.values():
        group["unread"] = [notice for notice in group["rows"] if notice.read_at is None]
        group["first"] = group["rows"][0]
        group["shown"] = [notice for notice in group["rows"] if notice.read_at is None or notice is group["first"]]
        group["earlier"] = [notice for notice in group["rows"] if notice not in group["shown"]]
    return list(groups.values())


@require_GET
@members_only
def open_notice(request, pk):
    """Lead to what a notice tells of; it counts as read, as a thread does that one opens."""
    found = fill(list(shown_to(request.user).filter(pk=pk)), request.user)
    if not found:
        raise Http404
    mark_read(request.user, pk=pk)
    return redirect(verb_of(found[0].verb).link(found[0]))


@require_POST
@members_only
def read(request):
    """Count the notices `besked` as read, or all where none is named."""
    chosen = request.POST.getlist("besked")
    if not all(pk.isascii() and pk.isdigit() and len(pk) < 19 for pk in chosen):
        return HttpResponseBadRequest(_("Skriv, hvilke beskeder der er læst, med deres numre."))
    mark_read(request.user, **({"pk__in": [int(pk) for pk in chosen]} if chosen else {}))
    messages.success(request, _("Beskeden er markeret som læst.") if chosen else _("Alle beskeder er læst."))
    return redirect("notices")


# --- how one wants to be told -----------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@members_only
def settings(request):
    """Three forms, each with a button of its own: the preset, the collected mail, and the levels of all spaces."""
    own = settings_of(request.user)
    rows = list(
        Membership.objects.filter(user=request.user, space__archived_at=None)
        .select_related("space__theme")
        .order_by("space__name")
    )
    preset, collected = PresetForm(initial={"preset": own.preset}), CollectedForm(instance=own)
    status = 200
    if request.method == "POST" and "preset" in request.POST:
        preset = PresetForm(request.POST)
        if preset.is_valid():
            choose_preset(request.user, preset.cleaned_data["preset"])
            return _saved(request)
        status = 400
    elif request.method == "POST" and "cadence" in request.POST:
        collected = CollectedForm(request.POST)
        if collected.is_valid():
            choose_collected(request.user, **collected.cleaned_data)
            return _saved(request)
        status = 400
    elif request.method == "POST":
        return _levels_saved(request, rows)
    for row in rows:
        row.form = LevelForm(initial={"level": row.level}, prefix=f"rum-{row.space_id}", space=row.space.name)
    context = {"own": own, "preset": preset, "collected": collected, "rows": rows, "forms": [preset, collected]}
    return render(request, "network/notice_settings.html", context, status=status)


def _saved(request):
    messages.success(request, _("Dit valg er gemt."))
    return redirect("notice-settings")


def _levels_saved(request, rows):
    for row in rows:
        level = request.POST.get(f"rum-{row.space_id}-level")
        if level is None or level == row.level:
            continue
        if level not in ("", *Membership.Level.values):
            return HttpResponseBadRequest(_("Vælg et af de niveauer, der står på siden."))
        choose_level(request.user, row.space, level)
    return _saved(request)


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def level(request, slug):
    """What one is told of in one space."""
    space = found_space(request.user, slug)
    check_read_space(request.user, space)
    if request.method == "GET":
        return redirect(space)
    form = LevelForm(request.POST, space=space.name)
    if not form.is_valid() or not choose_level(request.user, space, form.cleaned_data["level"]):
        return HttpResponseBadRequest(_("Vælg et af de niveauer, der står på siden."))
    messages.success(request, _("Fra nu af får du: %(level)s.") % {"level": form.words})
    return redirect(space)


FOLLOWED = {"side": NAMES["side"], "kommune": NAMES["kommune"], "emneord": following.TAG}

# --- following ----------------------------------------------------------------------------------------------

SAID = {
    "follow": gettext_lazy("Du følger nu tråden."),
    "mute": gettext_lazy("Tråden er slået fra. Du hører kun om den, når nogen nævner dig."),
    "": gettext_lazy("Du følger ikke længere tråden."),
}


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def thread_choice(request, slug, pk, thread_slug):
    """Follow a thread (`valg` is `follow`), mute it (`mute`), or neither."""
    thread = found_thread(request.user, slug, pk)
    if request.method == "GET":
        return redirect(thread)
    chosen = request.POST.get("valg", "")
    if chosen not in SAID:
        return HttpResponseBadRequest(_("Vælg, om du vil følge tråden, slå den fra eller ingen af delene."))
    following.choose_thread(request.user, thread, chosen)
    messages.success(request, SAID[chosen])
    return redirect(thread)


@require_POST
@members_only
def follow(request, name, pk):
    """Follow a method, municipality or tag (`on` is 1), or stop."""
    what = FOLLOWED.get(name)
    if what is None:
        raise Http404
    if request.POST.get("on") == "1":
        following.follow(request.user, what, pk)
        messages.success(request, _("Du får besked, når der sker en væsentlig ændring."))
    else:
        following.unfollow(request.user, what, pk)
        messages.success(request, _("Du følger den ikke længere."))
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/")
    return redirect(back if is_ours else "notices")
