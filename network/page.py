"""The posts of one page of a thread, with all that is shown of them, in one query."""

from django.contrib.auth import get_user_model

from content.prepared import prepared_things
from network.models import Post, Showing, Space, Thread
from network.models.talk import LONG_AGO
from network.readers import numbers_of, readers_of
from network.rule import Standing

FACES = "author__profile__municipality"
# All of a space on which it depends who reads there.
OF_SPACE = ("kind", "is_archived", "admits_advisers", "admits_partners", "has_threads")


def posts_of(user, thread: Thread, standing: Standing, first: int, last: int, counts_readers: bool) -> list[Post]:
    """Return the posts with the numbers `first` to `last` of a thread that `user`, of `standing`, was let into.

    They come with their authors' faces, what is said beside them and `own_thanks`. With `counts_readers` each bears
    how many may read the thread, in how many municipalities: `readers` and `places`.
    """
    space = thread.space
    is_plain = not counts_readers or (thread.state == Showing.VISIBLE and not space.hides_earlier)
    if user.pk is None or not is_plain:
        return list(_posts(user, thread, standing, first, last, counts_readers))
    # Of the reader it depends on who she is alone: the rule has let her in.
    asked = user.pk, thread.pk, first, last
    if not counts_readers:
        return _kept_posts((standing, None), *asked)
    return _kept_posts((standing, tuple(getattr(space, name) for name in OF_SPACE)), *asked, space.pk)


def _posts(user, thread, standing, first, last, counts_readers):
    posts = Post.objects.in_thread(thread, user, standing).filter(number__gte=first, number__lte=last)
    posts = posts.with_surroundings().with_own_thanks(user).select_related(FACES)
    return posts.annotate(**numbers_of(readers_of(thread.space, thread))) if counts_readers else posts


@prepared_things
def _kept_posts(shape, *numbers):
    standing, of_space = shape
    user, thread, first, last, *in_space = numbers
    space = _space_like(of_space, *in_space) if in_space else None
    reader = get_user_model()(pk=user)
    return _posts(reader, Thread(pk=thread, space=space), standing, first, last, bool(in_space))


def _space_like(of_space, pk):
    values = dict(zip(OF_SPACE, of_space, strict=True))
    return Space(pk=pk, archived_at=LONG_AGO if values.pop("is_archived") else None, **values)
