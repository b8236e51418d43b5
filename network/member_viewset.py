"""People in the admin: an administrator makes members by their e-mail address, and says what they may do."""

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.users.views.users import CreateView, DeleteView, EditView, IndexView, UserFilterSet, UserViewSet

from accounts.welcome import welcome_again
from network.erase import erase
from network.members import make_member
from network.models import Municipality, Profile


class PersonForm(forms.ModelForm):
    """What an administrator says of a person; the password the person chooses herself."""

    groups = forms.ModelMultipleChoiceField(
        label=_("Grupper"),
        queryset=Group.objects.order_by("name"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Kun for dem, der skal arbejde i redaktionen. Medlemmer af netværket står i ingen gruppe."),
    )
    kind = forms.ChoiceField(label=_("Personen er"), choices=Profile.Kind.choices)
    municipality = forms.ModelChoiceField(
        label=_("Kommune"), queryset=None, required=False, help_text=_("Kan vælges af personen selv.")
    )
    organisation = forms.CharField(label=_("Organisation"), required=False, max_length=120)

    field_order = ["email", "name", "kind", "municipality", "organisation", "groups", "is_active"]

    class Meta:
        model = get_user_model()
        fields = ["email", "name", "is_active", "groups"]

    def __init__(self, *args, **kwargs):
        # Wagtail tells its own form whether people edit themselves.
        self.editing_self = kwargs.pop("editing_self", False)
        kwargs.pop("for_user", None)
        super().__init__(*args, **kwargs)
        self.fields["municipality"].queryset = Municipality.anywhere.all()
        profile = getattr(self.instance, "profile", None) if self.instance.pk else None
        for name in ("kind", "municipality", "organisation"):
            self.initial.setdefault(name, getattr(profile, name, None) if profile else None)
        if self.editing_self:
            del self.fields["is_active"]

    def clean_email(self):
        return self.cleaned_data["email"].strip().lower()

    def _profile_of(self, user):
        profile, _made = Profile.objects.get_or_create(user=user)
        for name in ("kind", "municipality", "organisation"):
            setattr(profile, name, self.cleaned_data[name])
        profile.save()


class EditPersonForm(PersonForm):
    """The address is changed by the person herself, who shows that it is hers."""

    write_again = forms.BooleanField(
        label=_("Send en ny mail om at vælge adgangskode"),
        required=False,
        help_text=_("Personen har ikke valgt en endnu. Den gamle mail virker ikke mere, når den nye er sendt."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].disabled = True
        if self.instance.has_usable_password():
            del self.fields["write_again"]

    @transaction.atomic
    def save(self, commit=True):
        user = super().save(commit)
        self._profile_of(user)
        if self.cleaned_data.get("write_again"):
            welcome_again(user)
        return user


class NewPersonForm(PersonForm):
    class Meta(PersonForm.Meta):
        fields = ["email", "name", "groups"]

    def __init__(self, *args, made_by=None, **kwargs):
        self.made_by = made_by
        super().__init__(*args, **kwargs)

    @transaction.atomic
    def save(self, commit=True):
        try:
            user, _made = make_member(self.made_by, self.cleaned_data["email"], kind=self.cleaned_data["kind"])
        except ValidationError as fault:  # the form has asked all that can be asked before
            raise RuntimeError(fault.messages[0]) from fault
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])
        user.groups.set(self.cleaned_data["groups"])
        self._profile_of(user)
        self.instance = user  # what Wagtail goes on with
        return user


class PeopleView(IndexView):
    default_ordering = "email"

    @cached_property
    def columns(self):
        own = [column for column in super().columns if column.name not in {"is_superuser", "email"}]
        place = Column("place", label=_("Kommune eller organisation"), accessor=_place)
        groups = Column("groups", label=_("Grupper"), accessor=_groups)
        email = Column("email", label=_("E-mail"), sort_key="email")
        return [*own[:2], email, place, groups, *own[2:]]

    @cached_property
    def search_fields(self):
        return ["email", "name"]

    def get_base_queryset(self):
        people = super().get_base_queryset()
        return people.select_related("profile__municipality").prefetch_related("groups")


def _place(user):
    profile = getattr(user, "profile", None)
    return profile.place if profile else ""


def _groups(user):
    return ", ".join(sorted(group.name for group in user.groups.all()))


class NewPersonView(CreateView):
    page_title = _("Tilføj en person")
    success_message = _("%(object)s er tilføjet og får en mail for at vælge adgangskode.")

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "made_by": self.request.user}


class EditPersonView(EditView):
    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        # Who manages people is no superuser, and must not shut one out.
        if self.object.is_superuser and not request.user.is_superuser:
            raise PermissionDenied


class ErasePersonView(DeleteView):
    def delete_action(self):
        erase(self.object)


class PeopleFilterSet(UserFilterSet):
    """Without the filter on superusers: there are none."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters.pop("is_superuser", None)


class PeopleViewSet(UserViewSet):
    menu_label = _("Brugere")
    filterset_class = PeopleFilterSet
    index_view_class = PeopleView
    add_view_class = NewPersonView
    edit_view_class = EditPersonView
    delete_view_class = ErasePersonView
    # Wagtail's own templates name the fields of its own form.
    create_template_name = "wagtailadmin/generic/create.html"
    edit_template_name = "wagtailadmin/generic/edit.html"

    def get_form_class(self, for_update=False):
        return EditPersonForm if for_update else NewPersonForm
