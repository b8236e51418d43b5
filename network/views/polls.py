"""A poll in a thread: made, answered, ended."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from network import polls as verbs
from network.models import Poll
from network.permissions import check_lead_thread
from network.views.door import members_only, with_door
from network.views.talk import found_thread


class PollForm(forms.Form):
    question = forms.CharField(
        label=gettext_lazy("Spørgsmål"),
        required=False,
        widget=forms.TextInput(attrs={"maxlength": verbs.QUESTION_LENGTH}),
    )
    choices = forms.CharField(
        label=gettext_lazy("Svar, man kan vælge"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Ét på hver linje, fra 2 til 10."),
    )
    is_multiple = forms.BooleanField(label=gettext_lazy("Man kan vælge flere svar"), required=False)
    closes_at = forms.DateTimeField(
        label=gettext_lazy("Slutter"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H.%M", "%d.%m.%Y %H:%M"],
        help_text=gettext_lazy("Kan stå tomt: så slutter den, når du siger til."),
        error_messages={"invalid": gettext_lazy("Skriv tidspunktet som 14.12.2026 12.00.")},
    )
    result = forms.ChoiceField(
        label=gettext_lazy("Resultatet vises"),
        choices=Poll.Result.choices,
        initial=Poll.Result.AFTER,
        widget=forms.RadioSelect,
    )


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def new(request, slug, pk, thread_slug):
    thread = found_thread(request.user, slug, pk)
    check_lead_thread(request.user, thread)
    if thread.has_poll:
        messages.info(request, _("Tråden har en afstemning i forvejen."))
        return redirect(_poll(thread))
    form = PollForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            verbs.make_poll(
                request.user,
                thread,
                values["question"],
                values["choices"].splitlines(),
                is_multiple=values["is_multiple"],
                closes_at=values["closes_at"],
                result=values["result"],
            )
        except ValidationError as faults:
            form.add_error(None, faults)
        else:
            return redirect(_poll(thread))
    context = {"space": thread.space, "thread": thread, "form": form}
    return render(request, "network/poll_form.html", context, status=400 if form.is_bound else 200)


@require_POST
@members_only
@with_door
def vote(request, slug, pk, thread_slug):
    thread = found_thread(request.user, slug, pk)
    poll = verbs.poll_to_act_on(request.user, thread)
    chosen = [] if "tag-tilbage" in request.POST else request.POST.getlist("svar")
    places = [int(place) for place in chosen[:99] if place.isascii() and place.isdigit() and len(place) < 4]
    try:
        verbs.vote(request.user, poll, places)
    except ValidationError as fault:
        messages.warning(request, fault.messages[0])
    else:
        messages.success(request, _("Din stemme er gemt.") if places else _("Din stemme er taget tilbage."))
    return redirect(_poll(thread))


@require_POST
@members_only
@with_door
def close(request, slug, pk, thread_slug):
    thread = found_thread(request.user, slug, pk)
    verbs.close_poll(request.user, verbs.poll_to_act_on(request.user, thread))
    messages.success(request, _("Afstemningen er slut."))
    return redirect(_poll(thread))


def _poll(thread):
    return f"{thread.get_absolute_url()}?side=1#afstemning"
