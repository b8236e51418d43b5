"""How a space is arranged, seen and changed by those who run it, and the way into the archive and out again."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from network import arrange as verbs
from network.permissions import check_run_space
from network.room_forms import ASK_COLLEAGUES, SpaceSettingsForm
from network.views.door import found_space, members_only, with_door


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def settings(request, slug):
    shown = found_space(request.user, slug)
    check_run_space(request.user, shown)
    if request.method == "GET":
        return _settings(request, shown, SpaceSettingsForm(space=shown))
    if "preset" in request.POST:
        return _settings(request, shown, _with_preset(request, shown))
    form = SpaceSettingsForm(request.POST, space=shown)
    if not form.is_valid():
        return _settings(request, shown, form, status=400)
    change = verbs.sight_after(request.user, shown, form.values)
    if change and form.cleaned_data["warned"] != _said(change):
        return _settings(request, shown, _again(request, shown, warned=_said(change)), change=change)
    try:
        changed = verbs.change_space(request.user, shown, form.values, form.cleaned_data["seen"])
    except ValidationError as faults:
        form.add_error(None, faults)
        return _settings(request, shown, form, status=400)
    except verbs.StaleSettings as stale:
        again = _again(request, stale.space, seen=verbs.mark_of(stale.space))
        return _settings(request, shown, again, status=409, differences=_differences(form, stale.space))
    messages.success(request, _("Rummet er gemt."))
    return redirect("space-settings", changed.slug)


def _said(change):
    """The numbers that a facilitator was warned of: others mean another warning."""
    return f"{change.gain}-{change.lose}-{change.gain_earlier}-{change.lose_earlier}"


def _again(request, space, **hidden):
    """The same form once more with what was typed, and other words in its hidden fields."""
    data = request.POST.copy()
    for name, value in hidden.items():
        data[name] = value
    return SpaceSettingsForm(data, space=space)


def _with_preset(request, space):
    """Put the headings of »Spørg kollegerne« below what stands in the template already; nothing is saved."""
    words = [request.POST.get("first_words", "").strip(), str(ASK_COLLEAGUES)]
    if words[1] in words[0].replace("\r\n", "\n"):
        words.pop()
    return _again(request, space, first_words="\n\n".join(part for part in words if part))


def _differences(form, space):
    """Return (label, what stands now) for each field in which another has saved something else than was typed here."""
    form_of_now = SpaceSettingsForm(space=space)
    found = []
    for bound in form_of_now.visible_fields():
        now = bound.initial
        typed = form.cleaned_data.get(bound.name)
        if _plain(now) != _plain(typed):
            found.append((bound.label, _in_words(bound, now)))
    return found


def _plain(value):
    if hasattr(value, "pk"):
        return str(value.pk)
    if isinstance(value, (list, tuple)) or hasattr(value, "values_list"):
        return sorted(_plain(part) for part in value)
    return str(value or "")


def _in_words(bound, value):
    if isinstance(value, bool):
        return _("Ja") if value else _("Nej")
    if isinstance(value, (list, tuple)) or hasattr(value, "values_list"):
        return ", ".join(str(part) for part in value) or _("Ingen")
    choices = dict(getattr(bound.field, "choices", []))
    return choices.get(value, value) or _("Ingen")


def _settings(request, space, form, status=200, change=None, differences=()):
    context = {"space": space, "form": form, "change": change, "differences": differences}
    return render(request, "network/space_settings.html", context, status=status)


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def archive(request, slug):
    shown = found_space(request.user, slug)
    check_run_space(request.user, shown)
    if request.method == "GET":
        return render(request, "network/archive.html", {"space": shown})
    verbs.archive(request.user, shown)
    messages.success(request, _("Rummet er arkiveret. Det kan læses som før."))
    return redirect(shown)


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def reopen(request, slug):
    shown = found_space(request.user, slug)
    check_run_space(request.user, shown)
    if request.method == "GET":
        return redirect("space-facilitator", slug)
    verbs.reopen(request.user, shown)
    messages.success(request, _("Rummet er åbnet igen."))
    return redirect(shown)
