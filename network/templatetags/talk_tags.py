"""What stands at every post: rendered once for each way it can look (content.written)."""

from django import template
from django.utils import timezone

from content.templatetags.people_tags import picture_of
from content.written import written
from network.templatetags.face_tags import face

register = template.Library()

# What a reader may do with a post, as `views/surroundings.py` says, and how it stands.
OF_POST = (
    *("may_thank", "own_thanks", "may_be_answer", "is_answer", "is_own", "may_be_removed", "may_be_split"),
    *("may_be_answered", "may_be_reported"),
)


@register.simple_tag(takes_context=True)
def person_line(context, person, linked=False):
    """`{% person_line post.author linked=True %}`: network/person.html, as the reader sees the person."""
    own, profile = face(context, person), getattr(person, "profile", None)
    who = person and (person.pk, person.is_active, person.get_full_name(), profile and profile.is_complete)
    key = linked, who, own.is_gone, own.words
    return written("network/person_seen.html", key, {"person": person, "own": own, "linked": linked})


@register.simple_tag(takes_context=True)
def avatar(context, person, small=False):
    """`{% avatar post.author %}`: components/avatar.html, as the reader sees the person."""
    picture = picture_of(context, person)
    key = small, person and (person.pk, str(person)), picture
    return written("components/avatar_seen.html", key, {"person": person, "picture": picture, "small": small})


@register.simple_tag
def moment(at, first=False, short=False):
    """`{% moment post.created_at first=True %}`: components/moment.html."""
    key = at, first, short, timezone.localdate().year
    return written("components/moment.html", key, {"at": at, "first": first, "short": short})


@register.simple_tag
def who_can_read(audience, space, is_new=None):
    """Print network/audience.html: how many can read what is written in a form."""
    told = {"kind": space.kind, "hides_earlier": space.hides_earlier, "is_new": is_new is not None and is_new != ""}
    key = audience.people, audience.places, *told.values()
    return written("network/audience.html", key, {"audience": audience, **told})


@register.simple_tag(takes_context=True)
def post_tools(context, post):
    """Print network/post_tools.html: what the reader may do with `post`."""
    page, thread = context["number"], post.thread
    told = {name: getattr(post, name) for name in OF_POST}
    told |= {"is_thanked": post.number_of_thanks > 0, "has_answer": thread.has_answer, "is_on_first_page": page == 1}
    texts = {
        "number": post.number,
        "page": page,
        "thanks": post.number_of_thanks,
        "at": post.address,
        "thread_at": thread.address,
    }
    return written("network/post_tools.html", tuple(told.values()), told, texts)
