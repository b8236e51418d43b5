"""Questions to a meeting, and votes for them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from network import agenda as verbs
from network.meeting_forms import QuestionForm
from network.meeting_rule import check_take_part, question_to_act_on
from network.views.door import members_only, with_door
from network.views.limited import limited
from network.views.meetings import found_meeting, meeting_page

ACTS = {
    "stem": (verbs.vote, ()),
    "tag-stemmen-tilbage": (verbs.take_vote_back, ()),
    "fastgoer": (verbs.pin, (True,)),
    "loesn": (verbs.pin, (False,)),
    "tag-af": (verbs.close, (True,)),
    "saet-paa": (verbs.close, (False,)),
}


@require_POST
@members_only
@with_door
def ask(request, pk, meeting_slug):
    shown = found_meeting(request.user, pk)
    check_take_part(request.user, shown)
    form = QuestionForm(request.POST, user=request.user, meeting=shown)
    if form.is_valid():
        values = form.cleaned_data
        try:
            verbs.ask(request.user, shown, values["text"], values.get("thread"), values["form_key"])
        except ValidationError as faults:
            form.add_error(None, faults)
        else:
            messages.success(request, _("Dit spørgsmål står på dagsordenen."))
            return redirect(_agenda(shown))
    return limited(meeting_page(request, shown, 400, question_form=form), form)


@require_POST
@members_only
@with_door
def act(request, pk, meeting_slug, question, act):
    """Vote, take the vote back; who runs the meeting pins a question and takes it off the agenda."""
    if act not in ACTS:
        raise Http404
    shown = found_meeting(request.user, pk)
    verb, words = ACTS[act]
    try:
        verb(request.user, question_to_act_on(request.user, shown, question), *words)
    except ValidationError as fault:
        messages.warning(request, fault.messages[0])
    return redirect(_agenda(shown))


def _agenda(meeting):
    return f"{meeting.get_absolute_url()}#dagsorden"
