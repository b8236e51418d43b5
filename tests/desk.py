"""People of the editors' desk for the tests: a group with rights on the tree, and a page at a task of a group."""

from datetime import timedelta

from django.contrib.auth.models import Group, Permission
from django.utils import timezone
from wagtail.models import GroupApprovalTask, GroupPagePermission, Page, Workflow, WorkflowTask

from home.models import HomePage
from tests.factories import UserFactory


def in_days(number):
    return timezone.localdate() + timedelta(days=number)


def group(name, *rights, on=None):
    """A group that comes into the admin and has `rights` (add, change, publish …) on a page and all below it."""
    made, _new = Group.objects.get_or_create(name=name)
    made.permissions.add(Permission.objects.get(codename="access_admin"))
    page = Page.objects.get(pk=(on or HomePage.objects.get()).pk)
    for right in rights:
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=f"{right}_page")
        GroupPagePermission.objects.create(group=made, page=page, permission=permission)
    return made


def person(*groups, **fields):
    user = UserFactory(**fields)
    user.groups.set(groups)
    return user


def workflow_of(group):
    task = GroupApprovalTask.objects.create(name="Fagligt tjek")
    task.groups.add(group)
    workflow = Workflow.objects.create(name="Tjek")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    return workflow


def care(page, **fields):
    """Set fields of a page past its form, as they stand on the live page."""
    type(page).objects.filter(pk=page.pk).update(**fields)
    page.refresh_from_db()
    return page


def draft_of(page, user, **changes):
    """Let `user` write a draft on top of what is live."""
    draft = page.get_latest_revision_as_object()
    for name, value in changes.items():
        setattr(draft, name, value)
    draft.save_revision(user=user)
    page.refresh_from_db()
    return page
