"""What the made-up people are told: written by the verbs, and dated back to what it tells of."""

from django.db.models import F, OuterRef, Subquery

from home.loading.talk import UNREAD
from network import fan_out
from network.models import Event, Notice, Post


def date_notices(fiction):
    """Tell all who care within the run, date what is told, and let what is long ago be read."""
    fan_out.work()
    for person in fiction.people.values():
        if person is None:
            continue
        new = Notice.objects.visible_to(person).filter(created_at__gte=fiction.now).values_list("pk", flat=True)
        own = Notice.objects.visible_to(person).filter(pk__in=list(new))
        written = Post.objects.visible_to(person).filter(pk=OuterRef("post")).values("created_at")[:1]
        own.filter(post__isnull=False).update(created_at=Subquery(written))
        happened = Event.objects.filter(pk=OuterRef("event")).values("at")[:1]
        own.filter(post=None, event__isnull=False).update(created_at=Subquery(happened))
        own.filter(created_at__lt=fiction.now - UNREAD).update(read_at=F("created_at"))
