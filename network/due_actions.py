"""The actions of meetings in the collected mail: those that have come due since the last one, by the rule."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from network.digest import register_part
from network.letters import address_of
from network.models import Meeting, Outcome
from network.outcomes import actions_due

LONGEST = timedelta(days=32)  # between two collected mails


class DueActions:
    heading = gettext_lazy("Dine opgaver")

    def waits_for(self, people, now):
        """Who may have something: whether it is shown is asked, by the rule, when the mail is written."""
        today = timezone.localdate(now)
        due = Outcome.objects.filter(
            owner__in=people,
            kind=Outcome.Kind.ACTION,
            done_at=None,
            due_on__range=(today - LONGEST, today),
            question__meeting__state=Meeting.State.HELD,
        )
        return due.values_list("owner", flat=True)

    def rows(self, user, since, until):
        due = actions_due(user, timezone.localdate(until)).filter(due_on__gt=timezone.localdate(since))
        return [self._row(action) for action in due]

    def _row(self, action):
        said = _("%(text)s Senest %(date)s.") % {"text": action.text, "date": date_format(action.due_on, "j. F")}
        return {"title": action.question.text, "link": address_of(reverse("actions")), "line": said}


register_part(DueActions())
