"""The one form of someone who leaves her job: who takes over what, and what happens to the account."""

from django import forms
from django.utils.translation import gettext_lazy as _

from content.keepers import editors
from network.leaving import Duties
from network.models import Membership
from network.person import with_words
from network.who_sees import Eyes

CLOSE, STAY = "close", "stay"
GONE = _("Vedkommende er ikke med i rummet mere. Vælg en anden.")


class LeavingForm(forms.Form):
    then = forms.ChoiceField(
        label=_("Hvad skal der ske med din konto?"),
        choices=[
            (STAY, _("Jeg bliver i netværket med et nyt job: behold kontoen")),
            (CLOSE, _("Jeg forlader netværket: luk kontoen")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Vælg, hvad der skal ske med din konto.")},
    )
    sure = forms.BooleanField(
        label=_("Jeg ved, at kontoen bliver lukket nu, og at det, jeg har skrevet, bliver stående uden mit navn."),
        required=False,
    )

    def __init__(self, *args, user, duties: Duties, **kwargs):
        super().__init__(*args, **kwargs)
        self.duties, self.eyes = duties, Eyes(user)
        for room in duties.rooms:
            if room.heirs:
                label = _("Ny facilitator i »%(space)s«") % {"space": room.space}
                self._choose(f"room_{room.space.pk}", label, room.heirs, _room_hint(room))
        for space, threads in duties.questions:
            if heirs := duties.heirs.get(space.pk):
                label = _("Hvem ser efter dine spørgsmål i »%(space)s«?") % {"space": space}
                hint = ", ".join(f"»{thread}«" for thread in threads[:5])
                hint += _(". Uden et valg gør rummets facilitatorer det.")
                self._choose(f"questions_{space.pk}", label, heirs, hint)
        for at in duties.at_meetings:
            if heirs := duties.heirs_at(at):
                self._choose(f"meetings_{at.key}", _label_at(at), heirs, _hint_at(at))
        if duties.pages:
            self.fields["pages"] = forms.ModelChoiceField(
                label=_("Hvem tager over for dine sider?"),
                queryset=editors().filter(is_active=True).exclude(pk=user.pk),
                required=False,
                empty_label=_("Ingen valgt"),
                help_text=_("Uden et valg tager hver sides afløser over, og redaktionen finder en til resten."),
            )
        self.order_fields([name for name in self.fields if name not in ("then", "sure")] + ["then", "sure"])

    def _choose(self, name, label, heirs, hint):
        self.fields[name] = forms.ModelChoiceField(
            label=label,
            queryset=Membership.objects.filter(pk__in=[row.pk for row in heirs])
            .select_related("user__profile__municipality")
            .order_by("user__name"),
            required=False,
            empty_label=_("Ingen valgt"),
            help_text=hint,
            error_messages={"invalid_choice": GONE},
        )
        self.fields[name].label_from_instance = lambda row: with_words(self.eyes, row.user)

    def clean(self):
        chosen = super().clean()
        if chosen.get("then") == CLOSE and not chosen.get("sure"):
            self.add_error("sure", _("Sæt kryds, hvis kontoen skal lukkes."))
        return chosen

    @property
    def closes(self):
        return self.cleaned_data["then"] == CLOSE

    def heirs(self, kind):
        """Return by the id of a space the membership that was chosen for `kind`: "room", "questions" or "meetings"."""
        return {
            int(name.removeprefix(f"{kind}_")): row
            for name, row in self.cleaned_data.items()
            if name.startswith(f"{kind}_") and row is not None
        }

    @property
    def handed(self):
        return [self[name] for name in self.fields if name not in ("then", "sure")]


def _room_hint(room):
    if room.needs_heir:
        return _("Du er den eneste. Lukker du kontoen, skal du vælge en.")
    return _("Andre er facilitator her allerede. Du kan lade feltet stå.")


def _label_at(at):
    if at.space is None:
        return _("Hvem tager dine møder og opgaver i netværket?")
    return _("Hvem tager dine møder og opgaver i »%(space)s«?") % {"space": at.space}


def _hint_at(at):
    lines = [*(meeting.title for meeting in at.meetings), *(action.question.text for action in at.actions)]
    hint = ", ".join(f"»{line}«" for line in lines[:5])
    return hint + _(". Uden et valg bliver opgaverne stående, og andre mødeholdere tager over.")
