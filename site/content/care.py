"""Who looks after a page, and when it is looked at again.

The answer stands on the live page, and is changed beside what is being written: no draft is lost, none is published.
"""

from datetime import date, timedelta
from uuid import uuid4

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.log_actions import log
from wagtail.models import Page, Task, get_page_models
from wagtail.permissions import policy_registry

from content.models import BasePage

STILL_FITS = "content.still_fits"
GIVEN = "content.given"
SOON = timedelta(days=30)


def types_with_care():
    return [model for model in get_page_models() if issubclass(model, BasePage)]


def with_care(pages: QuerySet) -> QuerySet:
    """Annotate plain pages with `review_on`, `keeper_id` and `backup_id` from whichever type each is."""
    names = [model._meta.model_name for model in types_with_care()]
    fields = {"review_on": "review_on", "keeper_id": "content_owner_id", "backup_id": "backup_owner_id"}
    return pages.annotate(
        **{label: Coalesce(*(F(f"{name}__{field}") for name in names)) for label, field in fields.items()}
    )


def editable_by(user) -> QuerySet:
    """Return the pages that the user's groups let them edit (or that they own and may add)."""
    return policy_registry.get_by_type(Page).instances_user_has_permission_for(user, "change")


def may_open(user, pages) -> set[int]:
    """Return the ids of those of `pages` whose form the user may open; also because a task of theirs waits there.

    A task is asked once, of its first page: those we have know their people by group, not by page.
    """
    found = set(editable_by(user).filter(pk__in=[page.pk for page in pages]).values_list("pk", flat=True))
    at_task = {}
    for page in pages:
        if page.pk not in found and page.workflow_in_progress:
            at_task.setdefault(page.current_workflow_state.current_task_state.task_id, []).append(page)
    for task in Task.objects.filter(pk__in=at_task).specific() if at_task else ():
        waiting = at_task[task.pk]
        if task.user_can_access_editor(waiting[0], user):
            found.update(page.pk for page in waiting)
    return found


def due_for(user, today: date) -> QuerySet:
    """Return live pages with `review_on` passed or near, that the user may edit: their own first, the oldest first."""
    mine = Case(
        When(keeper_id=user.pk, then=Value(0)),
        When(backup_id=user.pk, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    pages = with_care(Page.objects.live().filter(pk__in=editable_by(user).values("pk")))
    return pages.filter(review_on__lte=today + SOON).annotate(nearness=mine).order_by("nearness", "review_on", "pk")


def review_words(review_on: date | None, today: date) -> str:
    """Say in words how far away the review is, or how long it has been due."""
    if review_on is None:
        return _("Ingen dato")
    days = (review_on - today).days
    if days < 0:
        return ngettext("Forfaldt i går", "Forfaldt for %(days)s dage siden", -days) % {"days": -days}
    if days == 0:
        return _("Skal ses efter i dag")
    return ngettext("Om 1 dag", "Om %(days)s dage", days) % {"days": days}


def a_year_from(today: date) -> date:
    try:
        return today.replace(year=today.year + 1)
    except ValueError:  # the 29th of February
        return today.replace(year=today.year + 1, day=28)


def why_not(user, page: Page) -> str:
    """Say why the care of `page` may not be changed by `user` now; nothing when it may.

    Asks no query of its own where the page comes with its workflow states and `_approved_schedule`.
    """
    if page.specific_class is None or not issubclass(page.specific_class, BasePage):
        return _("Det er ikke en side, nogen har ansvar for.")
    if not page.permissions_for_user(user).can_edit() or page.alias_of_id:
        return _("Du har ikke lov til at redigere siden.")
    if not page.live:
        return _("Siden er ikke udgivet. Ret den i kladden.")
    if page.workflow_in_progress:
        return _("Siden er under tjek. Vent, til den er udgivet eller sendt retur.")
    if page.approved_schedule:
        return _("Siden venter på at blive udgivet på en valgt dato.")
    if page.locked and page.locked_by_id != user.pk:
        return _("Siden er låst.")
    return ""


def still_fits(user, page: Page, today: date | None = None) -> date:
    """Confirm that a page still fits: it is looked at again in a year. Return the new date.

    Raises PermissionDenied with the reason in words (see `why_not`).
    """
    review_on = a_year_from(today or timezone.localdate())
    change_care(user, page, STILL_FITS, review_on=review_on)
    return review_on


def give(user, page: Page, **owners):
    """Give a page another `content_owner` or `backup_owner`. Raises PermissionDenied with the reason in words."""
    change_care(user, page, GIVEN, **owners)


@transaction.atomic
def change_care(user, page: Page, action: str, **fields):
    """Set care fields on the live page and on what is being written of it, and tell the page's history."""
    page = Page.objects.select_for_update().get(pk=page.pk).specific
    if reason := why_not(user, page):
        raise PermissionDenied(reason)
    before = {name: getattr(page, name) for name in fields}
    _set(page, fields)
    page.save(update_fields=list(fields), clean=False)
    revision = _draft_with(page, fields) if page.has_unpublished_changes else _live_revision(user, page)
    data = {name: {"before": _said(before[name]), "after": _said(value)} for name, value in fields.items()}
    # Its own uuid: Wagtail takes entries of one request for one act, and would show that of the last page alone.
    log(page, action, user=user, uuid=uuid4(), revision=revision, data=data, content_changed=True)


def _draft_with(page, fields):
    """The draft goes on as it was, with its own author; else the date would be lost when it is published."""
    author = page.latest_revision.user if page.latest_revision else None
    draft = page.get_latest_revision_as_object()
    _set(draft, fields)
    return draft.save_revision(user=author, changed=False, clean=False)


def _live_revision(user, page):
    """Nothing is being written: the new revision is what stands on the site already."""
    revision = page.save_revision(user=user, changed=False, clean=False)
    page.live_revision = revision
    page.save(update_fields=["live_revision"], clean=False)
    return revision


def _set(page, fields):
    for name, value in fields.items():
        setattr(page, name, value)


def _said(value):
    return str(value) if value is not None else ""


def label_of(page: Page) -> str:
    """The name of the page's kind, without asking for the page itself."""
    model = ContentType.objects.get_for_id(page.content_type_id).model_class()
    return getattr(model, "kind_label", "") or model._meta.verbose_name


def overdue(today: date) -> Q:
    return Q(review_on__lt=today)


def due_soon(today: date) -> Q:
    return Q(review_on__gte=today, review_on__lte=today + SOON)
