"""The check of a page before it is published: somebody looks for certain things, and says yes or sends it back."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask, TaskState, WorkflowState

from content.editing import register_word


class ApproveForm(forms.Form):
    comment = forms.CharField(
        label=_("Kommentar"),
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Kan undværes. Den, der har sendt siden, får den med i mailen."),
    )


class ReturnForm(forms.Form):
    comment = forms.CharField(
        label=_("Hvad skal rettes?"),
        widget=forms.Textarea({"rows": 5}),
        help_text=_("Sig, hvor det er, og hvad du vil se i stedet. Den, der har sendt siden, får det med i mailen."),
        error_messages={
            "required": _("Siden er ikke sendt tilbage endnu. Skriv, hvad der skal rettes, og send den så."),
        },
    )


class CheckTask(AbstractGroupApprovalTask):
    """A group looks for certain things. Sending a page back takes a comment, whichever way it is asked for.

    Who has the right `content.step_in_checktask` may act for any group, and gets none of its mails.
    """

    look_for = models.TextField(
        _("det skal du se efter"),
        help_text=_("Én ting på hver linje. Står i mailen, over siden og der, hvor man godkender."),
    )

    admin_form_fields = [*AbstractGroupApprovalTask.admin_form_fields, "look_for"]
    action_forms = {"approve": ApproveForm, "reject": ReturnForm}

    class Meta:
        verbose_name = _("tjek")
        verbose_name_plural = _("tjek")
        permissions = [("step_in_checktask", _("Kan træde ind i ethvert tjek"))]

    @property
    def lines(self):
        return [line.strip() for line in self.look_for.splitlines() if line.strip()]

    def get_actions(self, obj, user):
        if not self._user_in_groups(user):
            return []
        return [("approve", _("Godkend"), True), ("reject", _("Send tilbage med en kommentar"), True)]

    def get_form_for_action(self, action):
        return self.action_forms[action]

    def get_template_for_action(self, action):
        return "content/check_action.html"

    def on_action(self, task_state, user, action_name, **kwargs):
        """Refuses a return without a comment: the edit form of Wagtail hands its data on without asking our form."""
        if action_name == "reject" and not str(kwargs.get("comment") or "").strip():
            raise PermissionDenied
        return super().on_action(task_state, user, action_name, **kwargs)

    def _user_in_groups(self, user):
        return user.has_perm("content.step_in_checktask") or super()._user_in_groups(user)

    @classmethod
    def get_description(cls):
        return _("En gruppe ser efter bestemte ting og godkender eller sender tilbage med en kommentar.")


def last_return(workflow_state):
    """Return the latest TaskState of this round that was sent back, or None."""
    returned = workflow_state.task_states.filter(status=TaskState.STATUS_REJECTED)
    return returned.select_related("task", "finished_by").order_by("-finished_at").first()


@register_word(order=100)
def check(page, request):
    """Say where a page in check stands: whom it waits for and what they look at, or why it came back."""
    round_ = page.workflow_states.active().select_related("requested_by", "current_task_state__task").first()
    if round_ is None or round_.current_task_state is None:
        return None
    task = round_.current_task_state.task.specific
    if not isinstance(task, CheckTask):
        return None
    return {
        "template": "content/check_word.html",
        "task": task,
        "groups": ", ".join(group.name for group in task.groups.all()),
        "is_waiting": round_.status == WorkflowState.STATUS_IN_PROGRESS,
        "sent_by": round_.requested_by,
        "since": round_.current_task_state.started_at,
        "returned": last_return(round_),
    }
