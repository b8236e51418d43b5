"""Searching in one space, or in all that one is in: their threads, and their meetings."""

from django.utils.translation import gettext as _

from content.findable import Corner, register_corner
from network.finding import OF_TOKENS, tokens_of
from network.meeting_finding import meeting_tokens
from network.models import Space

MY_SPACES = "mine-rum"


@register_corner
def in_spaces(user, name):
    """A space by its slug, or all that `user` is in."""
    spaces = Space.objects.readable_by(user)
    found = spaces.joined_by(user) if name == MY_SPACES else spaces.filter(slug=name)
    rows = list(found.only("name", "has_threads", "has_meetings", *OF_TOKENS))
    rows = [row for row in rows if row.has_threads or row.has_meetings]
    if name == MY_SPACES:
        label = _("Mine rum")
    elif rows:
        label = _("Rummet »%(space)s«") % {"space": rows[0].name}
    else:
        return None
    tokens = tokens_of(user, [row for row in rows if row.has_threads])
    return Corner(name, label, frozenset([*tokens, *meeting_tokens(user, [row for row in rows if row.has_meetings])]))
