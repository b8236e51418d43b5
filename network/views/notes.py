"""The notes of a meeting, one line for each question, and the actions that came of them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from network import outcomes as verbs
from network.agenda_of import agenda_of
from network.meeting_forms import LineForm
from network.meeting_rule import check_run_meeting, question_to_act_on
from network.models import Outcome, Seat
from network.views.door import members_only, with_door
from network.views.limited import limited
from network.views.meetings import found_meeting


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def notes(request, pk, meeting_slug):
    shown = found_meeting(request.user, pk)
    check_run_meeting(request.user, shown)
    if shown.is_held or request.method == "GET":
        return redirect(shown) if shown.is_held else _notes(request, shown)
    absent = [int(number) for number in request.POST.getlist("kom-ikke")[:1000] if _is_id(number)]
    try:
        verbs.close_notes(request.user, shown, absent)
    except ValidationError as fault:
        return limited(_notes(request, shown, status=409, fault=fault.messages[0], absent=absent), fault)
    messages.success(request, _("Noterne er lukket. De, der ikke var med, får én mail om det, der kom ud af mødet."))
    return redirect(shown)


def _is_id(text):
    return text.isascii() and text.isdigit() and len(text) < 15


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def line(request, pk, meeting_slug, question):
    shown = found_meeting(request.user, pk)
    check_run_meeting(request.user, shown)
    asked = question_to_act_on(request.user, shown, question)
    if request.method == "GET":
        return redirect("meeting-notes", shown.pk, shown.slug)
    form = LineForm(request.POST, user=request.user, question=asked)
    if form.is_valid():
        values = form.cleaned_data
        given = {name: values.get(name) for name in ("owner", "due_on", "into")}
        try:
            verbs.write_line(request.user, asked, values["kind"], values["text"], **given)
        except ValidationError as faults:
            form.add_error(None, faults)
        else:
            messages.success(request, _("Linjen er gemt."))
            response = redirect("meeting-notes", shown.pk, shown.slug)
            response.headers["Location"] += f"#spoergsmaal-{asked.pk}"
            return response
    return _notes(request, shown, {asked.pk: form}, status=400)


def _notes(request, meeting, forms=None, status=200, fault="", absent=()):
    user, forms = request.user, forms or {}
    questions = agenda_of(user, meeting)
    lines = {line.question_id: line for line in Outcome.objects.visible_to(user).filter(question__in=questions)}
    for question in questions:
        question.line = lines.get(question.pk)
        question.form = forms.get(question.pk) or LineForm(user=user, question=question, line=question.line)
    seats = Seat.objects.visible_to(user).filter(meeting=meeting, state=Seat.State.SEATED)
    context = {
        "meeting": meeting,
        "space": meeting.space,
        "questions": questions,
        "missing": sum(question.line is None for question in questions),
        "seats": list(seats.select_related("user__profile__municipality")),
        "absent": absent,
        "fault": fault,
        "bad": next(iter(forms.values()), None),
    }
    return render(request, "network/meeting_notes.html", context, status=status)


@require_GET
@members_only
def actions(request):
    """What one has taken upon oneself at meetings."""
    own = list(Outcome.objects.actions_of(request.user).select_related("question__meeting__space"))
    context = {
        "open": [action for action in own if action.done_at is None],
        "done": [action for action in own if action.done_at is not None][-30:],
    }
    return render(request, "network/actions.html", context)


@require_POST
@members_only
def tick(request, pk):
    action = verbs.tick(request.user, pk, request.POST.get("on") == "1")
    said = _("Opgaven er gjort.") if action.done_at else _("Opgaven er åben igen.")
    messages.success(request, said)
    return redirect("actions")
