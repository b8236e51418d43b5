"""A person where there is no picture: letters on a ground."""

from django import template
from django.conf import settings

from content.portraits import portrait_of

register = template.Library()

GROUNDS = ("lyng", "tegl", "rug", "eng")


@register.filter
def letters(person):
    """Return up to two capitals of the name: Anna Maria Prøve → AP. What stands in brackets is no name."""
    words = [word for word in str(person or "").split() if word[0].isalpha()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "–"


@register.filter
def person_ground(person):
    """Return the ground that someone stands on, always the same for one person; none for one who is gone."""
    return GROUNDS[person.pk % len(GROUNDS)] if person else ""


@register.simple_tag(takes_context=True)
def picture_of(context, person):
    """`{% picture_of person as picture %}`: the address of the picture that the reader of the page may see."""
    return portrait_of(getattr(context, "request", None), person)


@register.simple_tag(takes_context=True)
def signed_in(context):
    """`{% signed_in as me %}`: who reads this page, or None.

    Only someone who comes with a session is asked for, so that the pages of all others carry no `Vary: Cookie`.
    """
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is None or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    return user if user.is_authenticated else None
