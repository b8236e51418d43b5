"""Public meetings in the admin: an editor writes one, and it stands in the calendar. No others are in the admin."""

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from network.cpr import CPR, looks_like_cpr
from network.markdown import checked, render
from network.models import Event, Meeting
from network.seats import fill
from network.signals import announce
from network.templatetags.meeting_tags import when_in_words


class PublicMeetingForm(WagtailAdminModelForm):
    link = forms.URLField(
        label=_("Link til online møde"),
        required=False,
        assume_scheme="https",
        max_length=500,
        help_text=_("Ses kun af dem, der er tilmeldt."),
    )

    class Meta:
        model = Meeting
        fields = [
            "title",
            "kind",
            "source",
            "starts_at",
            "ends_at",
            "precision",
            "when_note",
            "place",
            "address",
            "link",
            "takes_signups",
            "seat_limit",
            "sources",
        ]

    def clean_title(self):
        if looks_like_cpr(self.cleaned_data["title"]):
            raise ValidationError(CPR)
        return " ".join(self.cleaned_data["title"].split())

    def clean_source(self):
        return checked(self.cleaned_data["source"]) if self.cleaned_data["source"].strip() else ""

    def clean_sources(self):
        lines = [line.strip() for line in self.cleaned_data["sources"].splitlines() if line.strip()]
        for line in lines:
            try:
                URLValidator(["http", "https"])(line)
            except ValidationError as fault:
                wrong = _("%(line)s er ikke en adresse: skriv den med https:// foran.") % {"line": line}
                raise ValidationError(wrong) from fault
        return "\n".join(lines)

    def clean(self):
        values = super().clean()
        start, end = values.get("starts_at"), values.get("ends_at")
        if start is None and values.get("precision") != Meeting.Precision.NONE:
            self.add_error("starts_at", _("Vælg, hvornår mødet begynder, eller at tiden ikke er oplyst."))
        if start and end and end <= start:
            self.add_error("ends_at", _("Mødet skal slutte, efter at det er begyndt."))
        if values.get("takes_signups") and (end is None or values.get("precision") != Meeting.Precision.CLOCK):
            self.add_error("takes_signups", _("Til et møde, man melder sig til, hører dag, klokkeslæt og sluttid."))
        return values


class PublicMixin:
    def get_queryset(self):
        return Meeting.objects.visible_to(self.request.user).filter(audience=Meeting.Audience.PUBLIC)

    def get_object(self, queryset=None):
        return super().get_object(queryset if queryset is not None else self.get_queryset())

    @transaction.atomic
    def save_instance(self):
        """As the verbs do: it is counted up, who has signed up is told, and free seats are given."""
        meeting, is_new = self.form.instance, self.form.instance.pk is None
        if not is_new:
            Meeting.objects.select_for_update().get(pk=meeting.pk)
        meeting.audience, meeting.html = Meeting.Audience.PUBLIC, render(meeting.source) if meeting.source else ""
        meeting.changed_at = timezone.now()
        if is_new:
            meeting.made_by = self.request.user
        elif self.form.changed_data:
            meeting.sequence += 1
        meeting = super().save_instance()
        if is_new or self.form.changed_data:
            what = Event.What.MEETING if is_new else Event.What.RESCHEDULED
            announce(what, None, who=self.request.user, meeting=meeting)
            fill(meeting)
        return meeting


class MeetingIndexView(generic.IndexView):
    def get_base_queryset(self):
        return Meeting.objects.visible_to(self.request.user).filter(audience=Meeting.Audience.PUBLIC)


class MeetingCreateView(PublicMixin, generic.CreateView):
    pass


class MeetingEditView(PublicMixin, generic.EditView):
    pass


class NoDeleteView(generic.DeleteView):
    """People may have signed up: a meeting is called off on its own page."""

    def dispatch(self, request, *args, **kwargs):
        raise PermissionDenied


class MeetingViewSet(ModelViewSet):
    model = Meeting
    icon = "date"
    menu_label = _("Kalender")
    menu_name = "meetings"
    menu_order = 260
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class = MeetingIndexView
    add_view_class = MeetingCreateView
    edit_view_class = MeetingEditView
    delete_view_class = NoDeleteView
    list_display = [
        "title",
        Column("when", label=_("Tid"), accessor=when_in_words, sort_key="starts_at"),
        Column("place", label=_("Sted")),
        Column("get_state_display", label=_("Tilstand"), sort_key="state"),
    ]
    search_fields = ["title"]
    # Plain SQL: what stands in a search index would be asked past the rule.
    search_backend_name = None
    ordering = ["-starts_at"]

    def get_form_class(self, for_update=False):
        return PublicMeetingForm
