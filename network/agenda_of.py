"""The agenda as one reader sees it."""

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from network.models import Meeting, Question, Space, Thread
from network.rule import is_in_network


def agenda_of(user, meeting: Meeting, closed=False) -> list[Question]:
    """Return the questions in the order of the agenda, with their votes, and `shown_thread` where the reader may read
    the thread they come from; or those that were taken off it.
    """
    if not is_in_network(user):
        return []
    asked = Question.objects.visible_to(user).filter(meeting=meeting).with_votes(user)
    asked = asked.exclude(closed_at=None).order_by("pk") if closed else asked.agenda()
    questions = list(asked.select_related("author__profile__municipality"))
    from_threads = [question.thread_id for question in questions if question.thread_id]
    threads = Thread.objects.visible_to(user).select_related("space").in_bulk(from_threads) if from_threads else {}
    for question in questions:
        question.meeting = meeting
        question.shown_thread = threads.get(question.thread_id)
    return questions


def next_meeting_of(user) -> Meeting | None:
    """Return the next meeting of her spaces or of all, with `questions`, the number on its agenda."""
    asked = Question.objects.visible_to(user).filter(meeting=OuterRef("pk"), closed_at=None).order_by()
    number = asked.values("meeting").values(n=Count("pk"))
    own_spaces = Space.objects.joined_by(user).order_by().values("pk")
    meetings = Meeting.objects.visible_to(user).filter(Q(space=None) | Q(space__in=own_spaces), takes_signups=True)
    meetings = meetings.filter(state=Meeting.State.PLANNED).with_seats().with_own_seat(user)
    meetings = meetings.annotate(questions=Coalesce(Subquery(number, output_field=IntegerField()), 0))
    return meetings.select_related("space__theme").to_come().first()
