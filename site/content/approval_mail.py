"""The mails of the check: to the group when a page comes to them, to the sender when it comes back or is published.

Wagtail's own notifiers decide who gets a mail (members of the group with the mail switched on, never the one who
acted). Ours go out after commit, so that nobody is told of what was rolled back, and say enough to act on.
"""

from functools import partial
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from wagtail.admin.mail import (
    GroupApprovalTaskStateSubmissionEmailNotifier,
    WorkflowStateApprovalEmailNotifier,
    WorkflowStateRejectionEmailNotifier,
)
from wagtail.models import Page, TaskState, WorkflowState
from wagtail.signals import task_submitted, workflow_approved, workflow_rejected


def absolute(path):
    return urljoin(settings.WAGTAILADMIN_BASE_URL, path)


def on_page(workflow_state, user):
    """What all mails say: which page, who sent it when, who acted now, and where to go."""
    # Read anew: the state may hold the page as it was before it was published.
    page = Page.objects.get(pk=workflow_state.object_id).specific
    return {
        "page": page,
        "title": page.get_admin_display_title(),
        "kind": page.kind_label,
        "sent_by": workflow_state.requested_by,
        "sent_at": workflow_state.created_at,
        "acted_by": user,
        "edit_url": absolute(reverse("wagtailadmin_pages:edit", args=[page.pk])),
        "page_url": absolute(page.url) if page.live and page.url else "",
        "mails_url": absolute(reverse("wagtailadmin_account")),
    }


class _AfterCommit:
    def can_handle(self, instance, **kwargs):
        """Ours are about pages; nothing else here has a workflow."""
        state = getattr(instance, "workflow_state", instance)
        return super().can_handle(instance, **kwargs) and isinstance(state.content_object, Page)

    def send_notifications(self, template_set, context, recipients, **kwargs):
        transaction.on_commit(partial(self.send_emails, template_set, context, recipients), robust=True)
        return True


class SentToCheck(_AfterCommit, GroupApprovalTaskStateSubmissionEmailNotifier):
    def get_context(self, task_state, user=None, **kwargs):
        """Adds `lines` (what to look at), `groups` and `before`: what the last checker of this round answered."""
        round_ = task_state.workflow_state
        answered = round_.task_states.filter(status__in=[TaskState.STATUS_APPROVED, TaskState.STATUS_REJECTED])
        context = {**super().get_context(task_state, **kwargs), **on_page(round_, user)}
        return {
            **context,
            "lines": getattr(context["task"], "lines", []),
            "groups": ", ".join(group.name for group in context["task"].groups.all()),
            "before": answered.select_related("task", "finished_by").order_by("-finished_at").first(),
        }


class SentBack(_AfterCommit, WorkflowStateRejectionEmailNotifier):
    def get_context(self, workflow_state, user=None, **kwargs):
        return {**super().get_context(workflow_state, **kwargs), **on_page(workflow_state, user)}


class Published(_AfterCommit, WorkflowStateApprovalEmailNotifier):
    def get_context(self, workflow_state, user=None, **kwargs):
        """Adds `comment`: what the last checker said with the yes."""
        context = {**super().get_context(workflow_state, **kwargs), **on_page(workflow_state, user)}
        return {**context, "comment": workflow_state.current_task_state.comment}


sent_to_check, sent_back, published = SentToCheck(), SentBack(), Published()


def connect():
    """Take the places of Wagtail's notifiers: it connects its own under the same names later, and is then refused."""
    for signal, notifier, sender, name in (
        (task_submitted, sent_to_check, TaskState, "group_approval_task_submitted_email_notification"),
        (workflow_rejected, sent_back, WorkflowState, "workflow_state_rejected_email_notification"),
        (workflow_approved, published, WorkflowState, "workflow_state_approved_email_notification"),
    ):
        signal.disconnect(sender=sender, dispatch_uid=name)
        signal.connect(notifier, sender=sender, dispatch_uid=name)
