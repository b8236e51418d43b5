"""Spaces in the admin: their name, purpose, kind and facilitators. What is said in them is not shown here at all."""

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from danish import danish_to_ascii
from network.join import appoint
from network.models import Event, Membership, Municipality, Space
from network.signals import announce

# Who may be let in. How a space is used from day to day its facilitators arrange themselves (network.arrange).
RULE = ("admits_advisers", "admits_partners", "municipalities")


class SpaceForm(WagtailAdminModelForm):
    facilitator = forms.ModelChoiceField(
        label=_("Udpeg facilitator"),
        queryset=None,
        required=False,
        empty_label=_("Ingen ny"),
        help_text=_("Et medlem af netværket, som kan lukke andre ind. De øvrige medlemmer lukkes ind i selve rummet."),
    )

    class Meta:
        model = Space
        fields = ["name", "slug", "purpose", "kind", "theme", *RULE, "file_room"]
        widgets = {"municipalities": forms.CheckboxSelectMultiple}
        help_texts = {
            "slug": _("Kan stå tomt: så laves det af navnet. Skift det ikke, når først der er links til det."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        people = get_user_model().objects.filter(is_active=True, profile__completed_at__isnull=False)
        self.fields["slug"].required = False
        self.fields["file_room"].required = False
        # The made-up municipalities of the demo have members too.
        self.fields["municipalities"].queryset = Municipality.anywhere.order_by("sort_key")
        if self.instance.pk:
            self.initial["municipalities"] = list(self.instance.limits)
        self.fields["facilitator"].queryset = people.order_by("name", "email")
        self.fields["facilitator"].required = self.instance.pk is None
        self.fields["facilitator"].error_messages["required"] = _("Vælg den, der skal lukke medlemmerne ind.")

    def clean_slug(self):
        """Without one it is made of the name."""
        return self.cleaned_data["slug"] or slugify(danish_to_ascii(self.cleaned_data.get("name", "")))[:60]

    def _save_m2m(self):
        super()._save_m2m()
        self.instance.limit_to(self.cleaned_data["municipalities"])

    def clean_file_room(self):
        """Left empty it stays as it is."""
        room = self.cleaned_data["file_room"]
        return self.instance.file_room if room is None else room


class ManagedMixin:
    """Every view of the admin begins at the spaces that this person may manage."""

    def get_queryset(self):
        return Space.objects.managed_by(self.request.user)

    def get_object(self, queryset=None):
        return super().get_object(queryset if queryset is not None else self.get_queryset())

    def save_instance(self):
        is_changed, is_new = bool(set(self.form.changed_data) - {"facilitator"}), self.form.instance.pk is None
        space = super().save_instance()
        if is_changed and not is_new:
            announce(Event.What.SETTINGS, space, who=self.request.user)
        if chosen := self.form.cleaned_data.get("facilitator"):
            appoint(self.request.user, space, chosen)
        return space


class SpaceIndexView(generic.IndexView):
    def get_base_queryset(self):
        inside = Q(memberships__state=Membership.State.MEMBER)
        facilitates = inside & Q(memberships__role=Membership.Role.FACILITATOR)
        return Space.objects.managed_by(self.request.user).annotate(
            people=Count("memberships", filter=inside), facilitators=Count("memberships", filter=facilitates)
        )


class SpaceCreateView(ManagedMixin, generic.CreateView):
    pass


class SpaceEditView(ManagedMixin, generic.EditView):
    pass


class NoDeleteView(generic.DeleteView):
    """A space holds what people wrote: it is not deleted here."""

    def dispatch(self, request, *args, **kwargs):
        raise PermissionDenied


class SpaceViewSet(ModelViewSet):
    model = Space
    icon = "group"
    menu_label = _("Rum")
    menu_name = "spaces"
    menu_order = 400
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class = SpaceIndexView
    add_view_class = SpaceCreateView
    edit_view_class = SpaceEditView
    delete_view_class = NoDeleteView
    list_display = [
        "name",
        Column("get_kind_display", label=_("Hvem kan være med"), sort_key="kind"),
        Column("people", label=_("Medlemmer"), sort_key="people"),
        Column("facilitators", label=_("Facilitatorer"), sort_key="facilitators"),
    ]
    list_filter = ["kind"]
    search_fields = ["name"]
    # Plain SQL, so that a hidden space's name stands in no search index.
    search_backend_name = None
    ordering = ["name"]

    def get_form_class(self, for_update=False):
        return SpaceForm
