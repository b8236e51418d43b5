"""People in templates, as the reader sees them."""

from django import template
from django.utils.translation import gettext as _

from network.person import Face, eyes_of, own_face
from network.who_sees import Eyes

register = template.Library()


@register.simple_tag(takes_context=True)
def face(context, person):
    """`{% face person as own %}`: the face of a user, for whoever reads the page; of nobody, one who is gone."""
    if not person:
        return Face(None, is_gone=True)
    return own_face(eyes_of(getattr(context, "request", None)), person) or Face(person)


@register.filter
def as_seen_by(person, reader):
    """`{{ person|as_seen_by:recipient }}`: role and place, in a letter; »medlem« where the reader sees neither."""
    face = own_face(Eyes(reader), person) if person else None
    return (face and face.words) or _("medlem")


@register.filter
def name_of(person):
    """`{{ post.author|name_of }}`: the name of one who is here still, else nothing."""
    return person.get_full_name() if person and person.is_active else ""
