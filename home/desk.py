"""The front page of the admin: what waits for me, what I am writing, what is to be looked at again.

Each panel asks a fixed number of queries, however much there is.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import CharField, Count, Q, Window
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.components import Component
from wagtail.models import Page, TaskState, WorkflowState, get_default_page_content_type

from cases.models import CaseStoryPage, ProjectPage
from content.adding import ways_to_add
from content.care import due_for, editable_by, label_of, review_words, why_not
from home.models import NewsPage
from methods.models import MethodPage, ToolPage

SHOWN = 8
WAYS = {
    CaseStoryPage: _("Skriv en casefortælling"),
    MethodPage: _("Tilføj en metode"),
    ToolPage: _("Tilføj et værktøj"),
    ProjectPage: _("Tilføj et projekt"),
    NewsPage: _("Skriv en nyhed"),
}


@dataclass(frozen=True)
class Waiting:
    """A page at a task of one of my groups."""

    page: Page
    task: str
    sent_by: str
    since: datetime


@dataclass(frozen=True)
class Returned:
    """A page of mine that came back, with what was said."""

    page: Page
    task: str
    said_by: str
    comment: str
    since: datetime


@dataclass(frozen=True)
class Draft:
    page: Page
    label: str


@dataclass(frozen=True)
class Due:
    page: Page
    label: str
    words: str
    is_overdue: bool
    why_not: str


# --- what the panels show -------------------------------------------------------------------------------


def waiting_for(user) -> list[Waiting]:
    """What the groups of `user` are asked to look at, the longest wait first."""
    states = list(
        TaskState.objects.reviewable_by(user)
        .filter(workflow_state__base_content_type=get_default_page_content_type())
        .select_related("task", "workflow_state", "workflow_state__requested_by")
        .order_by("started_at", "pk")
    )
    pages = _pages(state.workflow_state for state in states)
    return [
        Waiting(page, state.task.name, _name(state.workflow_state.requested_by), state.started_at)
        for state in states
        if (page := pages.get(state.workflow_state.object_id))
    ]


def returned_to(user) -> list[Returned]:
    """What `user` sent or owns and a reader sent back, the latest first."""
    owned = Page.objects.filter(owner=user).order_by().values(as_text=Cast("pk", CharField()))
    states = list(
        WorkflowState.objects.filter(
            Q(requested_by=user) | Q(object_id__in=owned),
            status=WorkflowState.STATUS_NEEDS_CHANGES,
            base_content_type=get_default_page_content_type(),
        )
        .select_related("current_task_state__task", "current_task_state__finished_by")
        .order_by("-current_task_state__finished_at", "-pk")
    )
    pages = _pages(states)
    return [
        _returned(pages[state.object_id], state.current_task_state) for state in states if state.object_id in pages
    ]


def _returned(page, state):
    return Returned(page, state.task.name, _name(state.finished_by), state.comment, state.finished_at)


def _pages(states):
    """The pages of workflow states by their id as it stands there: as text."""
    ids = [int(state.object_id) for state in states]
    return {str(page.pk): page for page in Page.objects.filter(pk__in=ids)} if ids else {}


def _name(user):
    return str(user) if user else ""


def drafts_of(user) -> list[Draft]:
    """What `user` is writing: drafts of their last hand, and pages of theirs with something unpublished."""
    mine = Q(latest_revision__user=user) | Q(owner=user)
    pages = Page.objects.filter(mine, pk__in=editable_by(user).values("pk"), has_unpublished_changes=True)
    pages = pages.order_by("-latest_revision_created_at", "-pk")
    return [Draft(page, label_of(page)) for page in pages[:SHOWN]]


def due_pages(user, today: date) -> tuple[list[Due], int]:
    """The pages to look at again, those of `user` first; and how many there are beyond what is shown."""
    pages = due_for(user, today).annotate(number=Window(Count("pk")))
    shown = list(pages.prefetch_workflow_states().annotate_approved_schedule()[:SHOWN])
    more = shown[0].number - len(shown) if shown else 0
    return [
        Due(page, label_of(page), review_words(page.review_on, today), page.review_on < today, why_not(user, page))
        for page in shown
    ], more


# --- the panels -----------------------------------------------------------------------------------------


class Panel(Component):
    def __init__(self, user):
        self.user = user

    def get_context_data(self, parent_context):
        return {"csrf_token": parent_context["csrf_token"], "request": parent_context["request"], **self.shown}


class WaysPanel(Panel):
    name = "ways"
    order = 10
    template_name = "home/desk/ways.html"

    @cached_property
    def shown(self):
        found = ways_to_add(self.user, *WAYS)
        return {"ways": [{"address": found[model], "label": label} for model, label in WAYS.items() if model in found]}


class WaitingPanel(Panel):
    name = "waiting"
    order = 20
    template_name = "home/desk/waiting.html"

    @cached_property
    def shown(self):
        return {"waiting": waiting_for(self.user), "returned": returned_to(self.user)}


class DraftsPanel(Panel):
    name = "drafts"
    order = 30
    template_name = "home/desk/drafts.html"

    @cached_property
    def shown(self):
        return {"drafts": drafts_of(self.user)}


class DuePanel(Panel):
    name = "due"
    order = 40
    template_name = "home/desk/due.html"

    @cached_property
    def shown(self):
        due, more = due_pages(self.user, timezone.localdate())
        return {"due": due, "more": more}


PANELS = (WaysPanel, WaitingPanel, DraftsPanel, DuePanel)
