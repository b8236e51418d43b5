"""The meetings of a space, and one meeting: read, planned, changed, called off, signed up to."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from network import bell, seats
from network import meet as verbs
from network.agenda_of import agenda_of
from network.calendar_feed import link_for
from network.calendar_file import CONTENT_TYPE, file_of
from network.meeting_forms import CancelForm, MeetingForm, QuestionForm, SignUpForm
from network.meeting_letters import lines_of
from network.meeting_rule import can_run_meeting, can_take_part, check_plan, check_run_meeting, meeting_for
from network.models import Meeting, Seat
from network.notices import mark_read
from network.permissions import can, check_read_space
from network.rule import Act, is_in_network
from network.views.door import found_space, members_only, private, with_door
from network.views.limited import limited
from network.views.rooms import around


def found_meeting(user, pk) -> Meeting:
    """Return a meeting that `user` may read; else Http404, whatever there is."""
    meeting = meeting_for(user, pk)
    if meeting is None:
        raise Http404
    return meeting


@require_GET
@members_only
@with_door
def space_meetings(request, slug):
    shown = found_space(request.user, slug)
    check_read_space(request.user, shown)
    if not shown.has_meetings:
        raise Http404
    meetings = Meeting.objects.visible_to(request.user).filter(space=shown).with_seats().with_own_seat(request.user)
    meetings = meetings.select_related("space__theme")
    to_come = list(meetings.to_come())
    over = meetings.exclude(pk__in=[meeting.pk for meeting in to_come]).order_by("-starts_at", "-pk")
    context = {
        **around(request.user, shown),
        "to_come": to_come,
        "over": list(over[:50]),
        "may_plan": can(request.user, Act.RUN, shown) and not shown.is_archived,
    }
    return render(request, "network/meetings.html", context)


@require_GET
def meeting(request, pk, meeting_slug):
    """A public meeting is read by all; of any other a stranger is sent to sign in, whether it is there or not."""
    shown = meeting_for(request.user, pk)
    if shown is None and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if shown is None:
        raise Http404
    if shown.slug != meeting_slug:
        return redirect(shown)
    if request.user.is_authenticated and bell.rings(request.user):
        mark_read(request.user, meeting=shown.pk)
    return meeting_page(request, shown)


def meeting_page(request, shown, status=200, **forms):
    """The page of a meeting; `forms`: those that were not accepted, with what was typed."""
    user = request.user
    inside = is_in_network(user)
    takes_part, runs = can_take_part(user, shown), can_run_meeting(user, shown)
    context = {
        "meeting": shown,
        "space": shown.space,
        "runs": runs,
        "takes_part": takes_part,
        "seat": seats.own_seat(user, shown),
        "link": link_for(user, shown) if inside else "",
        "agenda": agenda_of(user, shown),
        "is_inside": inside,
        "off_agenda": agenda_of(user, shown, closed=True) if runs else [],
    }
    if inside:
        rows = Seat.objects.visible_to(user).filter(meeting=shown).select_related("user__profile__municipality")
        context["seats"] = list(rows)
        context["organisers"] = list(shown.organisers.select_related("profile__municipality").order_by("name", "pk"))
        context["lines"] = lines_of(user, shown) if shown.is_held else []
    if takes_part and shown.is_open:
        note = context["seat"].note if context["seat"] else ""
        context["sign_up_form"] = SignUpForm(initial={"note": note})
        context["question_form"] = QuestionForm(user=user, meeting=shown)
    template = "network/meeting_public.html" if shown.is_public else "network/meeting.html"
    response = render(request, template, {**context, **forms}, status=status)
    if user.is_authenticated or not shown.is_public:
        return private(response)
    patch_vary_headers(response, ["Cookie"])
    return response


@require_GET
def meeting_file(request, pk, meeting_slug):
    shown = meeting_for(request.user, pk)
    if shown is None and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if shown is None or not shown.has_day:
        raise Http404
    link = link_for(request.user, shown) if is_in_network(request.user) else ""
    response = HttpResponse(file_of(shown, link), content_type=CONTENT_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{shown.slug}.ics"'
    return private(response)


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def plan(request, slug=""):
    """Plan a meeting in a space, or without one for the whole network."""
    space = found_space(request.user, slug) if slug else None
    check_plan(request.user, space)
    form = MeetingForm(request.POST or None, space=space, names_people=True, reader=request.user)
    if form.is_bound and form.is_valid():
        try:
            made = verbs.plan_meeting(
                request.user,
                space,
                form.values,
                form.cleaned_data.get("organisers") or (),
                form.cleaned_data["form_key"],
            )
        except ValidationError as faults:
            form.add_error(None, faults)
        else:
            messages.success(request, _("Mødet er planlagt."))
            return redirect(made)
    context = {"space": space, "form": form}
    status = 400 if form.is_bound else 200
    return limited(render(request, "network/meeting_form.html", context, status=status), form)


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def edit(request, pk, meeting_slug):
    shown = found_meeting(request.user, pk)
    check_run_meeting(request.user, shown)
    names_people = shown.space_id is not None and can(request.user, Act.RUN, shown.space)
    given = {"space": shown.space, "meeting": shown, "names_people": names_people, "reader": request.user}
    form = MeetingForm(request.POST or None, **given)
    now = None
    if form.is_bound and form.is_valid():
        sequence = form.cleaned_data["sequence"]
        try:
            verbs.change_meeting(
                request.user,
                shown,
                form.values,
                sequence or 0,
                form.cleaned_data.get("organisers") if names_people else None,
            )
        except ValidationError as faults:
            form.add_error(None, faults)
        except verbs.StaleMeeting as stale:
            now = stale.meeting
            data = request.POST.copy()
            data["sequence"] = now.sequence
            form = MeetingForm(data, **given)
        else:
            messages.success(request, _("Mødet er gemt. De tilmeldte får besked, hvis tid eller sted er ændret."))
            return redirect(found_meeting(request.user, pk))
    context = {"space": shown.space, "meeting": shown, "form": form, "now": now}
    status = 409 if now else 400 if form.is_bound else 200
    return render(request, "network/meeting_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def cancel(request, pk, meeting_slug):
    shown = found_meeting(request.user, pk)
    check_run_meeting(request.user, shown)
    form = CancelForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            verbs.cancel_meeting(request.user, shown, form.cleaned_data["why"])
        except ValidationError as faults:
            form.add_error(None, faults)
        else:
            messages.success(request, _("Mødet er aflyst, og de tilmeldte får besked."))
            return redirect(shown)
    context = {"space": shown.space, "meeting": shown, "form": form}
    return render(request, "network/meeting_cancel.html", context, status=400 if form.is_bound else 200)


@require_POST
@members_only
@with_door
def sign_up(request, pk, meeting_slug):
    shown = found_meeting(request.user, pk)
    form = SignUpForm(request.POST)
    form.is_valid()
    try:
        seat = seats.sign_up(request.user, shown, form.cleaned_data.get("note", ""))
    except ValidationError as faults:
        if hasattr(faults, "error_dict"):
            form.add_error(None, faults)
            return meeting_page(request, shown, 400, sign_up_form=form)
        messages.warning(request, faults.messages[0])
    else:
        waits = _("Der er ikke flere pladser. Du står på ventelisten og får en mail, når der er en til dig.")
        messages.success(request, waits if seat.waits else _("Du er tilmeldt."))
    return _back(request, shown)


@require_POST
@members_only
@with_door
def sign_off(request, pk, meeting_slug):
    shown = found_meeting(request.user, pk)
    try:
        seats.give_up_seat(request.user, shown)
    except ValidationError as fault:
        messages.warning(request, fault.messages[0])
    else:
        messages.success(request, _("Du er meldt fra."))
    return _back(request, shown)


def _back(request, shown):
    """One signs up and off on the meeting's page, and where a notice tells of it: it is read then."""
    if request.POST.get("fra") != "beskeder":
        return redirect(shown)
    mark_read(request.user, meeting=shown.pk)
    return redirect("notices")
