"""Who may do what in a space: said here once, as a table, and asked two ways.

For one thing: `network.permissions.check_*`. For many: `visible_to` on the querysets of spaces, threads and posts.
Nobody stands above the table: an administrator or editor who is not in a space is a member of the network like others.
"""

from enum import StrEnum


class Kind(StrEnum):
    OPEN = "open"
    ON_REQUEST = "on_request"
    HIDDEN = "hidden"


class Standing(StrEnum):
    """What someone is to a space. A stranger is everyone without a profile in the network, signed in or not."""

    STRANGER = "stranger"
    NETWORK = "network"
    MEMBER = "member"
    FACILITATOR = "facilitator"


class Act(StrEnum):
    KNOW = "know"  # that it is there, its name and its purpose
    READ = "read"
    JOIN = "join"
    ASK = "ask"  # for access
    WRITE = "write"
    RUN = "run"  # see and answer requests, let people in and out


KNOW, READ, JOIN, ASK, WRITE, RUN = Act

INSIDE = {Standing.MEMBER: {KNOW, READ, WRITE}, Standing.FACILITATOR: {KNOW, READ, WRITE, RUN}}
TABLE = {
    Kind.OPEN: {Standing.STRANGER: {KNOW}, Standing.NETWORK: {KNOW, READ, JOIN}, **INSIDE},
    Kind.ON_REQUEST: {Standing.STRANGER: {KNOW}, Standing.NETWORK: {KNOW, ASK}, **INSIDE},
    Kind.HIDDEN: {Standing.STRANGER: set(), Standing.NETWORK: set(), **INSIDE},
}


def may(act: Act, kind: str, standing: Standing) -> bool:
    """May someone of `standing` do `act` in a space of `kind`?"""
    return act in TABLE[Kind(kind)][standing]


def kinds_where(act: Act, standing: Standing) -> list[str]:
    """Return the kinds of spaces in which someone of `standing` may do `act`."""
    return [kind.value for kind in Kind if may(act, kind, standing)]


def is_in_network(user) -> bool:
    """Is this person a member of the network: active, signed in, with a profile filled in?"""
    if user is None or not user.is_authenticated or not user.is_active:
        return False
    profile = getattr(user, "profile", None)
    return profile is not None and profile.is_complete


def standing_outside(user) -> Standing:
    """Return what `user` is to a space that she is not in."""
    return Standing.NETWORK if is_in_network(user) else Standing.STRANGER
