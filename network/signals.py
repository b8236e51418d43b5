"""What happens in the network, announced inside the transaction that makes it happen.

`happened` is sent with `event`, a saved `network.models.Event`. Listeners may only write rows: they run in the same
transaction and are undone with it. Mail, engines and files work from those rows after commit.
"""

from django.db import transaction
from django.dispatch import Signal

from network.models import Event

happened = Signal()


def announce(what, space, *, who, whom=None, thread=None, post=None, meeting=None) -> Event:
    """Write down that something happened, and tell the listeners. Call it inside a transaction.

    `what`: an `Event.What`; `who` did it, `whom` it was done to. `space` is None for a meeting that is for all.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("What happens is announced inside the transaction that makes it happen.")
    event = Event.objects.create(what=what, space=space, who=who, whom=whom, thread=thread, post=post, meeting=meeting)
    happened.send(Event, event=event)
    return event
