"""Saying thank you for a post, and taking it back."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from network.models import Event, Post, Showing, Thanks
from network.permissions import check_see_post, check_write_in_space, is_own
from network.signals import announce


@transaction.atomic
def thank(user, post: Post) -> int:
    """Say thank you for another's post; said twice it is said once. Returns how many have.

    Its author hears of it once, however often it is taken back and said again.
    """
    _check(user, post)
    if is_own(user, post):
        raise ValidationError(_("Du kan ikke sige tak til dig selv."), code="own")
    if post.state != Showing.VISIBLE:
        raise ValidationError(_("Du kan kun sige tak for et indlæg, alle i rummet kan læse."), code="not_shown")
    _thanks, is_new = Thanks.objects.visible_to(user).get_or_create(post=post, user=user)
    if is_new:
        _count(post, 1)
        said = {"what": Event.What.THANKED, "who": user, "post": post}
        if not Event.objects.filter(**said).exists():
            announce(space=post.thread.space, whom=post.author, thread=post.thread, **said)
    return _number(user, post)


@transaction.atomic
def take_thanks_back(user, post: Post) -> int:
    """Take one's thanks back; none said, none taken. Returns how many are left."""
    _check(user, post)
    taken, _kinds = Thanks.objects.visible_to(user).filter(post=post, user=user).delete()
    if taken:
        _count(post, -1)
    return _number(user, post)


def _check(user, post):
    check_write_in_space(user, post.thread.space)
    check_see_post(user, post)


def _count(post, change):
    # Counted by the database: two who say it at once are two.
    Post.objects.select_for_update().filter(pk=post.pk).update(number_of_thanks=F("number_of_thanks") + change)


def _number(user, post):
    return Post.objects.visible_to(user).values_list("number_of_thanks", flat=True).get(pk=post.pk)
