"""The forms of meetings. What is wrong with what they hold the verbs say."""

from datetime import UTC
from uuid import uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.agenda import TEXT_LENGTH, threads_to_ask_from
from network.models import Meeting, Outcome
from network.outcomes import LINE_LENGTH, may_own, spaces_to_write_in
from network.person import with_words
from network.seats import NOTE_LENGTH
from network.who_sees import Eyes

CLOCK = "%Y-%m-%dT%H:%M"
MOST_THREADS = 60


class ClockField(forms.DateTimeField):
    """Day and time as they are read on a clock, wherever it hangs."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=CLOCK)
    input_formats = [CLOCK, "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H.%M", "%d.%m.%Y %H:%M"]
    default_error_messages = {
        "invalid": _("Skriv tidspunktet som 14.12.2026 12.00."),
        "required": _("Vælg dag og klokkeslæt."),
    }

    def to_python(self, value):
        with timezone.override(UTC):
            moment = super().to_python(value)
        return moment and moment.replace(tzinfo=None)

    def prepare_value(self, value):
        return value


class MeetingForm(forms.Form):
    title = forms.CharField(
        label=_("Titel"),
        required=False,
        widget=forms.TextInput(attrs={"maxlength": 140}),
        help_text=_("Sig, hvad I skal tale om."),
    )
    starts_at = ClockField(label=_("Begynder"))
    ends_at = ClockField(label=_("Slutter"))
    zone = forms.ChoiceField(label=_("Klokken er"), choices=Meeting.Zone.choices, initial=Meeting.Zone.COPENHAGEN)
    place = forms.CharField(
        label=_("Sted"),
        required=False,
        widget=forms.TextInput(attrs={"maxlength": 140}),
        help_text=_("Fx rådhuset, mødelokale 2. Kan stå tomt, når mødet er på skærmen."),
    )
    address = forms.CharField(label=_("Adresse"), required=False, widget=forms.TextInput(attrs={"maxlength": 200}))
    link = forms.CharField(
        label=_("Link til mødet på skærmen"),
        required=False,
        widget=forms.URLInput(attrs={"maxlength": 500}),
        help_text=_("Ses kun af dem, der har en plads, og af mødeholderne."),
    )
    source = forms.CharField(
        label=_("Beskrivelse"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Hvad I skal, hvem det er for, og hvad man skal have med."),
    )
    seat_limit = forms.IntegerField(
        label=_("Antal pladser"),
        required=False,
        min_value=1,
        max_value=10_000,
        help_text=_("Kan stå tomt: så er der plads til alle. Er alle pladser taget, kommer man på venteliste."),
        error_messages={
            "invalid": _("Skriv et helt tal."),
            "min_value": _("Der skal være mindst én plads."),
            "max_value": _("Skriv højst 10.000."),
        },
    )
    organisers = forms.ModelMultipleChoiceField(
        label=_("Mødeholdere"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("De kan rette mødet, ordne dagsordenen og skrive noter. Du er med, hvis du ikke vælger nogen."),
        error_messages={"invalid_choice": _("Vedkommende er ikke med i rummet mere.")},
    )
    sequence = forms.IntegerField(required=False, widget=forms.HiddenInput)
    form_key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, space=None, names_people=False, meeting=None, reader=None, **kwargs):
        super().__init__(*args, **kwargs)
        people = get_user_model().objects.none()
        if names_people and space is not None:
            inside = space.memberships.values("user")
            people = (
                get_user_model().objects.filter(pk__in=inside, is_active=True).select_related("profile__municipality")
            )
        self.fields["organisers"].queryset = people.order_by("name", "pk")
        eyes = Eyes(reader)
        self.fields["organisers"].label_from_instance = lambda person: with_words(eyes, person)
        if not names_people or space is None:
            del self.fields["organisers"]
        if meeting is None:
            self.initial.setdefault("form_key", uuid4())
        else:
            self.initial |= _as_it_stands(meeting)

    def clean(self):
        values = super().clean()
        zone = ZoneInfo(values.get("zone") or Meeting.Zone.COPENHAGEN)
        for name in ("starts_at", "ends_at"):
            if moment := values.get(name):
                there = moment.replace(tzinfo=zone)
                if there.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment:
                    self.add_error(name, _("Det klokkeslæt findes ikke den dag: uret stilles frem."))
                values[name] = there
        return values

    @property
    def values(self):
        names = ("title", "starts_at", "ends_at", "zone", "place", "address", "link", "source", "seat_limit")
        return {name: self.cleaned_data[name] for name in names}


def _as_it_stands(meeting):
    names = ("title", "zone", "place", "address", "link", "source", "seat_limit", "sequence")
    clocks = {"starts_at": meeting.starts_there, "ends_at": meeting.ends_there}
    return {
        **{name: getattr(meeting, name) for name in names},
        **{name: moment and moment.replace(tzinfo=None) for name, moment in clocks.items()},
        "organisers": [person.pk for person in meeting.organisers.all()],
    }


class SignUpForm(forms.Form):
    note = forms.CharField(
        label=_("Besked til mødeholderne"),
        required=False,
        widget=forms.TextInput(attrs={"maxlength": NOTE_LENGTH}),
        help_text=_("Fx mad eller hjælp, du har brug for. Kun de læser den, og den slettes efter mødet."),
    )


class QuestionForm(forms.Form):
    text = forms.CharField(
        label=_("Dit spørgsmål"),
        required=False,
        widget=forms.TextInput(attrs={"maxlength": TEXT_LENGTH}),
        help_text=_("Højst 200 tegn. Du stemmer selv på det, når du stiller det."),
    )
    thread = forms.ModelChoiceField(
        label=_("Kommer det fra en tråd?"),
        queryset=None,
        required=False,
        empty_label=_("Nej"),
        error_messages={"invalid_choice": _("Vælg en åben tråd i rummet.")},
    )
    form_key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, user, meeting, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("form_key", uuid4())
        if meeting.space_id is None:
            del self.fields["thread"]
        else:
            threads = threads_to_ask_from(user, meeting)
            self.fields["thread"].queryset = threads
            self.fields["thread"].choices = [("", _("Nej")), *threads.values_list("pk", "title")[:MOST_THREADS]]


class CancelForm(forms.Form):
    why = forms.CharField(
        label=_("Hvorfor er mødet aflyst?"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 300}),
        help_text=_("Læses af alle, der kan se mødet. De tilmeldte får det på mail."),
    )


class LineForm(forms.Form):
    """What came of one question."""

    text = forms.CharField(
        label=_("Linjen i noterne"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": LINE_LENGTH}),
    )
    kind = forms.ChoiceField(
        label=_("Det blev til"), required=False, choices=Outcome.Kind.choices, widget=forms.RadioSelect
    )
    owner = forms.ModelChoiceField(
        label=_("Hvem gør det?"),
        queryset=None,
        required=False,
        empty_label=_("Vælg en person"),
        help_text=_("Når det blev til en opgave."),
        error_messages={"invalid_choice": _("Vælg, hvem der gør det.")},
    )
    due_on = forms.DateField(
        label=_("Senest"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d.%m.%Y"],
        help_text=_("Når det blev til en opgave."),
        error_messages={"invalid": _("Skriv datoen som 14.12.2026.")},
    )
    into = forms.ModelChoiceField(
        label=_("I hvilket rum skal svaret stå?"),
        queryset=None,
        required=False,
        empty_label=_("Vælg et rum"),
        help_text=_("Når det blev til et svar. Det bliver en ny tråd dér."),
        error_messages={"invalid_choice": _("Vælg et rum, du kan skrive i.")},
    )

    def __init__(self, data=None, *, user, question, line=None):
        super().__init__(data, prefix=f"s{question.pk}")
        people = may_own(user, question.meeting).select_related("profile__municipality").order_by("name", "pk")
        self.fields["owner"].queryset = people
        eyes = Eyes(user)
        self.fields["owner"].label_from_instance = lambda person: with_words(eyes, person)
        self.fields["into"].queryset = spaces_to_write_in(user)
        if question.meeting.space_id is not None or question.thread_id is not None:
            del self.fields["into"]
        if line is not None:
            self.initial |= {
                "text": line.text,
                "kind": line.kind,
                "owner": line.owner_id,
                "due_on": line.due_on,
                "into": line.into_id,
            }
