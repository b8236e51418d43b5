"""Who may do what in a space: said here once, as a table, and asked two ways.

For one thing: `network.permissions.check_*`. For many: `visible_to` on the querysets of what stands in a space.
Nobody stands above the table: an administrator or editor who is not in a space is a member of the network like others.
"""

from enum import StrEnum

from django.conf import settings


class Kind(StrEnum):
    OPEN = "open"
    ON_REQUEST = "on_request"
    HIDDEN = "hidden"


class Standing(StrEnum):
    """What someone is to a space. A stranger is everyone without a profile in the network, signed in or not."""

    STRANGER = "stranger"
    KEPT_OUT = "kept_out"  # of the network, but not one of those whom the space lets in
    NETWORK = "network"
    INVITED = "invited"
    SUSPENDED = "suspended"
    MEMBER = "member"
    FACILITATOR = "facilitator"


class Act(StrEnum):
    KNOW = "know"  # that it is there, its name and its purpose
    READ = "read"
    JOIN = "join"
    ASK = "ask"  # for access
    WRITE = "write"
    RUN = "run"  # see and answer requests, let people in and out, moderate


KNOW, READ, JOIN, ASK, WRITE, RUN = Act

INSIDE = {
    Standing.SUSPENDED: {KNOW},
    Standing.MEMBER: {KNOW, READ, WRITE},
    Standing.FACILITATOR: {KNOW, READ, WRITE, RUN},
}
TABLE = {
    Kind.OPEN: {
        Standing.STRANGER: {KNOW},
        Standing.KEPT_OUT: {KNOW},
        Standing.NETWORK: {KNOW, READ, JOIN},
        Standing.INVITED: {KNOW, READ, JOIN},
        **INSIDE,
    },
    Kind.ON_REQUEST: {
        Standing.STRANGER: {KNOW},
        Standing.KEPT_OUT: {KNOW},
        Standing.NETWORK: {KNOW, ASK},
        Standing.INVITED: {KNOW, JOIN},
        **INSIDE,
    },
    Kind.HIDDEN: {
        Standing.STRANGER: set(),
        Standing.KEPT_OUT: set(),
        Standing.NETWORK: set(),
        Standing.INVITED: {KNOW, JOIN},
        **INSIDE,
    },
}
# What goes on in a space that is archived: it is read and looked after, and nothing new comes into it.
IN_AN_ARCHIVE = {KNOW, READ, RUN}
# In these someone has a row of her own (network.models.Membership).
WITH_A_ROW = (Standing.INVITED, Standing.SUSPENDED, Standing.MEMBER, Standing.FACILITATOR)


def may(act: Act, kind: str, standing: Standing, archived: bool = False) -> bool:
    """May someone of `standing` do `act` in a space of `kind`, which may be `archived`?"""
    return act in TABLE[Kind(kind)][standing] and (not archived or act in IN_AN_ARCHIVE)


def kinds_where(act: Act, standing: Standing) -> list[str]:
    """Return the kinds of spaces in which someone of `standing` may do `act`, as long as they are not archived."""
    return [kind.value for kind in Kind if may(act, kind, standing)]


def is_in_network(user) -> bool:
    """Is this person a member of the network: active, signed in, with a profile filled in?"""
    if user is None or not user.is_authenticated or not user.is_active:
        return False
    profile = getattr(user, "profile", None)
    return profile is not None and profile.is_complete


def reader_of(request):
    """Return the member who reads a public page; None for everyone else, for whom nothing is asked.

    Only someone who comes with a session is asked for, so that the pages of all others carry no `Vary: Cookie`.
    """
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not is_in_network(request.user):
        return None
    return request.user
