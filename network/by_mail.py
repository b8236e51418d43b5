"""The addresses at which a member answers a thread, or begins one, by mail: hers alone (accounts.signed_addresses)."""

from accounts.signed_addresses import ANSWER, NEW_THREAD, signed_address, takes_answers
from network.models import Space, Thread
from network.permissions import can
from network.rule import Act


def answer_headers(user, thread: Thread) -> dict:
    """Return the header by which a mail about `thread` is answered into it; none for one who only reads there.

    For `accounts.letters.Words.headers`, of a letter to one who may read the thread when it is sent.
    """
    if not takes_answers() or not can(user, Act.WRITE, thread.space):
        return {}
    return {"Reply-To": signed_address(ANSWER, thread.pk, user.pk)}


def new_thread_address(user, space: Space) -> str:
    """Return the address at which `user` begins a thread in `space`; empty where none is taken."""
    return signed_address(NEW_THREAD, space.pk, user.pk) if takes_answers() else ""
