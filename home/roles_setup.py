"""Make the groups, their rights and the workflow as home.roles says. Done twice it changes nothing the second time."""

from dataclasses import dataclass, field

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import (
    Collection,
    CollectionViewRestriction,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    PageViewRestriction,
    Site,
    TaskState,
    Workflow,
    WorkflowPage,
    WorkflowState,
    WorkflowTask,
)

from content.approval import CheckTask
from home.models import HomePage
from home.roles import CHECKS, EDITOR, PUBLISHER, ROLES, WORKFLOW, permissions_of

DEFAULT_WORKFLOW = "Moderators approval"
DEFAULT_GROUPS = {"Editors": EDITOR, "Moderators": PUBLISHER}


class CannotSetUp(Exception):
    """Something that the roles speak of is not there. The message says what, in Danish; nothing is written."""


@dataclass
class Changes:
    """What was done, line by line, and what was left as it is although it is not ours."""

    lines: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    def say(self, line):
        self.lines.append(line)

    def keep(self, line):
        self.kept.append(line)


@transaction.atomic
def set_up_roles() -> Changes:
    """Bring groups, rights and workflow in line with home.roles and return what was changed."""
    changes = Changes()
    front = _front_page()
    for role in ROLES:
        _set_up_group(role, front, changes)
    _set_up_workflow(front, changes)
    _remove_default_workflow(changes)
    for name, role in DEFAULT_GROUPS.items():
        _remove_default_group(name, role, changes)
    return changes


def _front_page():
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    if site is None or not isinstance(site.root_page.specific, HomePage):
        raise CannotSetUp("Der er ingen forside endnu. Kør load_campaign først, eller lav en forside.")
    return site.root_page


def permissions(names) -> set[Permission]:
    """Return the permissions called "app.codename". Raises CannotSetUp if there is none of that name."""
    codenames = {name.split(".")[1] for name in names}
    found = {
        _name(one): one for one in Permission.objects.filter(codename__in=codenames).select_related("content_type")
    }
    if missing := sorted(names - found.keys()):
        raise CannotSetUp(f"Der er ingen rettighed, der hedder {', '.join(missing)}. Er migreringerne kørt?")
    return {found[name] for name in names}


# --- groups -----------------------------------------------------------------------------------------


def _set_up_group(role, front, changes):
    group, is_new = Group.objects.get_or_create(name=role)
    if is_new:
        changes.say(f"gruppe oprettet: {role}")
    root = Collection.get_first_root_node()
    on_pages = {(front.pk, given) for given in permissions(permissions_of(role, "pages"))}
    on_files = {(root.pk, given) for given in permissions(permissions_of(role, "collections"))}
    _align_models(group, permissions(permissions_of(role, "models")), changes)
    _align(group, GroupPagePermission, "page_id", on_pages, changes)
    _align(group, GroupCollectionPermission, "collection_id", on_files, changes)


def _align_models(group, wanted, changes):
    present = set(group.permissions.select_related("content_type"))
    for given in sorted(wanted - present, key=str):
        changes.say(f"{group}: givet {_name(given)}")
    for taken in sorted(present - wanted, key=str):
        changes.say(f"{group}: taget {_name(taken)}")
    if present != wanted:
        group.permissions.set(wanted)


def _align(group, model, place, wanted, changes):
    """Let the rows of `model`, a right of a group at a place, be those wanted and no others."""
    rows = {(getattr(row, place), row.permission): row for row in _rows(model, group)}
    for key in sorted(wanted - rows.keys(), key=str):
        model.objects.create(group=group, permission=key[1], **{place: key[0]})
        changes.say(f"{group}: givet {_name(key[1])}")
    for key in sorted(rows.keys() - wanted, key=str):
        rows[key].delete()
        changes.say(f"{group}: taget {_name(key[1])}")


def _rows(model, group):
    return model.objects.filter(group=group).select_related("permission__content_type")


def _name(permission):
    return f"{permission.content_type.app_label}.{permission.codename}"


# --- workflow ---------------------------------------------------------------------------------------


def _set_up_workflow(front, changes):
    tasks = [_set_up_task(check, changes) for check in CHECKS]
    workflow, is_new = Workflow.objects.get_or_create(name=WORKFLOW)
    if is_new:
        changes.say(f"arbejdsgang oprettet: {WORKFLOW}")
    present = list(workflow.workflow_tasks.order_by("sort_order").values_list("task_id", flat=True))
    if present != [task.pk for task in tasks]:
        workflow.workflow_tasks.all().delete()
        WorkflowTask.objects.bulk_create(
            WorkflowTask(workflow=workflow, task=task, sort_order=place) for place, task in enumerate(tasks)
        )
        changes.say(f"{WORKFLOW}: trinene er {', '.join(task.name for task in tasks)}")
    on_front = WorkflowPage.objects.filter(page=front).first()
    if on_front is None or on_front.workflow_id != workflow.pk:
        WorkflowPage.objects.update_or_create(page=front, defaults={"workflow": workflow})
        changes.say(f"{WORKFLOW}: gælder forsiden og alle sider under den")


def _set_up_task(check, changes):
    """The words of a check belong to the redaction once they stand there; who checks does not."""
    task, is_new = CheckTask.objects.get_or_create(name=check.name, defaults={"look_for": "\n".join(check.look_for)})
    if is_new:
        changes.say(f"tjek oprettet: {check.name}")
    if [group.name for group in task.groups.all()] != [check.group]:
        task.groups.set(Group.objects.filter(name=check.group))
        changes.say(f"{check.name}: tjekkes af {check.group}")
    return task


# --- what Wagtail made ------------------------------------------------------------------------------


def _remove_default_workflow(changes):
    workflow = Workflow.objects.filter(name=DEFAULT_WORKFLOW).first()
    if workflow is None:
        return
    if WorkflowState.objects.filter(workflow=workflow).exists():
        changes.keep(f"beholdt: arbejdsgangen »{DEFAULT_WORKFLOW}«, for sider har været igennem den")
        return
    tasks = GroupApprovalTask.objects.filter(workflow_tasks__workflow=workflow)
    alone = [task for task in tasks if not _is_used_elsewhere(task, workflow)]
    workflow.delete()
    for task in alone:
        task.delete()
    changes.say(f"fjernet: arbejdsgangen »{DEFAULT_WORKFLOW}«")


def _is_used_elsewhere(task, workflow):
    used = TaskState.objects.filter(task=task).exists()
    return used or task.workflow_tasks.exclude(workflow=workflow).exists()


def _remove_default_group(name, role, changes):
    """Move the members of a group of Wagtail's to ours, and remove it where nothing else leans on it."""
    group = Group.objects.filter(name=name).first()
    if group is None:
        return
    ours = Group.objects.get(name=role)
    for user in group.user_set.all():
        user.groups.add(ours)
        user.groups.remove(group)
        changes.say(f"flyttet: {user} fra {name} til {role}")
    if why := _leans_on(group):
        changes.keep(f"beholdt: gruppen {name}, for {why}")
    else:
        group.delete()
        changes.say(f"fjernet: gruppen {name}")


def _leans_on(group):
    if GroupApprovalTask.objects.filter(groups=group).exists() or CheckTask.objects.filter(groups=group).exists():
        return "den står i et trin i en arbejdsgang"
    if any(model.objects.filter(groups=group).exists() for model in (PageViewRestriction, CollectionViewRestriction)):
        return "den bestemmer, hvem der må læse noget"
    return ""
