"""The made-up meetings of the demo, made by the verbs of the network: planned, voted on, signed up to, one held."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_time

from home.loading.people import moment
from network.agenda import ask, vote
from network.meet import cancel_meeting, plan_meeting
from network.meeting_rule import can_take_part
from network.models import Event, Meeting, Outcome, Post, Question, Thread
from network.outcomes import close_notes, write_line
from network.permissions import can
from network.rule import Act
from network.seats import sign_up

WITH_WORDS = ("title", "place", "address", "link", "source", "seat_limit")


def load_meeting(fiction, row):
    """Make the meeting once, unless its space has gone or one of those who hold it has."""
    holder, space = fiction.people[row["by"]], fiction.spaces.get(row["space"]) if row["space"] else None
    if holder is None or not holder.is_active or (row["space"] and not (space and can(holder, Act.RUN, space))):
        return
    meetings = Meeting.objects.visible_to(holder)
    fiction.once(f"moede:{row['slug']}", meetings, lambda: _meeting(fiction, holder, space, row))


def _meeting(fiction, holder, space, row):
    begins, ends = (_day(fiction, row["in_days"], row[name]) for name in ("from", "to"))
    words = {name: row[name] for name in WITH_WORDS if name in row}
    shift = begins - _day(fiction, 5, row["from"]) if row["in_days"] < 0 else timedelta()
    meeting = plan_meeting(holder, space, {**words, "starts_at": begins - shift, "ends_at": ends - shift})
    for key in row["comes"]:
        if can_take_part(fiction.people[key], meeting):
            sign_up(fiction.people[key], meeting)
    asked = [_ask(fiction, meeting, question) for question in row["questions"]]
    if row.get("cancelled"):
        cancel_meeting(holder, meeting, row["cancelled"])
    Event.objects.filter(meeting=meeting).update(at=moment(fiction, row["planned"], "09:20"))
    if shift:
        # It was planned in the future as all meetings are, and has been meanwhile.
        Meeting.objects.visible_to(holder).filter(pk=meeting.pk).update(starts_at=begins, ends_at=ends)
        _write_up(fiction, holder, meeting, asked, row)
    return meeting


def _day(fiction, days, clock):
    """Return a moment so many working days from the run, before or after it."""
    if days < 0:
        return moment(fiction, -days, clock)
    day = timezone.localdate(fiction.now)
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return timezone.make_aware(datetime.combine(day, parse_time(clock)))


def _ask(fiction, meeting, row) -> Question:
    asker = fiction.people[row["by"]]
    thread = Thread.objects.visible_to(asker).filter(title=row.get("thread", ""), space=meeting.space_id).first()
    question = ask(asker, meeting, row["text"], thread)
    question.meeting = meeting
    for key in row["votes"]:
        if can_take_part(fiction.people[key], meeting):
            vote(fiction.people[key], question)
    return question


def _write_up(fiction, holder, meeting, asked, row):
    meeting.refresh_from_db()
    for question, line in zip(asked, (question["line"] for question in row["questions"]), strict=True):
        question.meeting = meeting
        given = {}
        if line["kind"] == "action":
            due_on = _day(fiction, line["in_days"], "09:00").date()
            given = {"owner": fiction.people[line["owner"]], "due_on": due_on}
        write_line(holder, question, line["kind"], line["text"], **given)
    close_notes(holder, meeting, absent=[fiction.people[key].pk for key in row.get("stayed_away", [])])
    _date_back(fiction, holder, meeting)


def _date_back(fiction, holder, meeting):
    """The notes were closed when the meeting ended, and their answers written then."""
    own = Meeting.objects.visible_to(holder).filter(pk=meeting.pk)
    own.update(held_at=meeting.ends_at)
    lines = Outcome.objects.visible_to(holder).filter(question__meeting=meeting)
    lines.update(at=meeting.ends_at)
    Event.objects.filter(space=meeting.space, at__gte=fiction.now).update(at=meeting.ends_at)
    posts = Post.objects.visible_to(holder).filter(pk__in=lines.exclude(post=None).values("post"))
    threads = list(posts.values_list("thread", flat=True))
    posts.update(created_at=meeting.ends_at)
    Thread.objects.visible_to(holder).filter(pk__in=threads).update(last_post_at=meeting.ends_at)
