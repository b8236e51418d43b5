from django import template

from network.by_mail import new_thread_address
from network.models import IncomingMail

register = template.Library()


@register.simple_tag
def cut_from(post, user):
    """What was cut from the mail that became the post, for her who sent it; empty for everyone else."""
    own = IncomingMail.objects.visible_to(user).filter(post=post.pk)
    return own.values_list("cut", flat=True).first() or ""


@register.simple_tag
def address_for_threads(space, user):
    """The address at which `user` begins a thread in `space` by mail; empty where no mail comes to us."""
    return new_thread_address(user, space)
