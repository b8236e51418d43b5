"""Moving a thread to another space."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from network.models import Attachment, Event, Report, Showing, Space, Thread
from network.permissions import check_run_space, check_see_thread, check_write_in_space
from network.rows import lock, put
from network.signals import announce


@transaction.atomic
def move_thread(user, thread: Thread, space: Space) -> Thread:
    """Let a thread stand in `space` from now on, with its posts, files and reports. Moved twice it is moved once.

    One runs the space it leaves and may write in the one it comes to. Who could read it there and cannot here reads
    it no more: `network.sight.sight_in` counts them beforehand. It is not pinned where it comes to.
    """
    lock(thread)
    thread.refresh_from_db(fields=["space", "state"])
    if thread.space_id == space.pk:
        check_see_thread(user, thread)
        return thread
    check_run_space(user, thread.space)
    check_see_thread(user, thread)
    check_write_in_space(user, space)
    _check_fits(thread, space)
    put(thread, space=space, pinned_at=None)
    # Locked and written, and shown to nobody: also a report that the one who moves is not to see goes along.
    Attachment.objects.select_for_update().filter(post__thread=thread).update(space=space)
    waiting = [Report.State.WAITING, Report.State.HANDED_ON]
    Report.objects.select_for_update().filter(post__thread=thread, state__in=waiting).update(space=space)
    announce(Event.What.MOVED, space, who=user, whom=thread.author, thread=thread)
    return thread


def _check_fits(thread, space):
    if not space.has_threads:
        raise ValidationError(_("»%(space)s« har ikke tråde.") % {"space": space.name}, code="no_threads")
    if thread.state != Showing.VISIBLE:
        raise ValidationError(_("Tråden kan først flyttes, når den er vist."), code="not_shown")
