"""What can be done to several pages at once: asked page by page, and those it cannot be done to are named."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.views.pages.bulk_actions.page_bulk_action import PageBulkAction
from wagtail.models import Page

from content.care import give, still_fits, why_not
from content.keepers import editors


class CareBulkAction(PageBulkAction):
    """An act on who looks after pages and when. The right to edit is asked for each page, here and when it is done."""

    form_class = forms.Form
    template_name = "content/bulk/care.html"

    def get_all_objects_in_listing_query(self, parent_id):
        """»All« means those below one page; without one it would be the whole site, and is nobody's wish."""
        return super().get_all_objects_in_listing_query(parent_id) if parent_id else Page.objects.none()

    def check_perm(self, page):
        page.why_not = why_not(self.request.user, page)
        return not page.why_not

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        left_alone = [row["item"] for row in context.pop("items_with_no_access")]
        return {**context, "action": self, "left_alone": left_alone}


class StillFitsBulkAction(CareBulkAction):
    display_name = _("Passer stadig")
    action_type = "still_fits"
    aria_label = _("Sig, at de valgte sider stadig passer")
    action_priority = 5
    question = _("Passer siderne stadig? Så ses de efter igen om et år.")
    button = _("Ja, de passer stadig")

    @classmethod
    def execute_action(cls, objects, user=None, **kwargs):
        for page in objects:
            still_fits(user, page)
        return len(objects), 0

    def get_success_message(self, number, children):
        return ngettext("%(n)s side ses efter igen om et år.", "%(n)s sider ses efter igen om et år.", number) % {
            "n": number
        }


class OwnersForm(forms.Form):
    """Left empty, a field changes nothing."""

    content_owner = forms.ModelChoiceField(
        label=_("Ansvarlig"), queryset=None, required=False, empty_label=_("Som nu"), help_text=_("Den, der svarer.")
    )
    backup_owner = forms.ModelChoiceField(
        label=_("Afløser"), queryset=None, required=False, empty_label=_("Som nu"), help_text=_("Den, der tager over.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        people = editors()
        for field in self.fields.values():
            field.queryset = people

    def clean(self):
        chosen = {name: user for name, user in super().clean().items() if user}
        if not chosen:
            raise forms.ValidationError(_("Vælg en ansvarlig eller en afløser."))
        return chosen


class GiveBulkAction(CareBulkAction):
    display_name = _("Giv ansvarlig")
    action_type = "give"
    aria_label = _("Giv de valgte sider en ansvarlig")
    action_priority = 6
    form_class = OwnersForm
    question = _("Hvem skal se efter siderne?")
    button = _("Giv ansvaret")

    def get_execution_context(self):
        return {**super().get_execution_context(), "owners": self.cleaned_form.cleaned_data}

    @classmethod
    def execute_action(cls, objects, user=None, owners=None, **kwargs):
        for page in objects:
            give(user, page, **owners)
        return len(objects), 0

    def get_success_message(self, number, children):
        return ngettext("%(n)s side har fået sin ansvarlige.", "%(n)s sider har fået deres ansvarlige.", number) % {
            "n": number
        }
