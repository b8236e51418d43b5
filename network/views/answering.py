"""Which post a reply answers: chosen with »Svar« beside it, in the address or in the form (`svar`, and `citat`)."""

from network.models import Post, Showing, Thread


def answered_post(request, thread: Thread) -> Post | None:
    """Return the post of `thread` that the reader has chosen to answer, if there is one and it is shown to her."""
    number = request.POST.get("svar") or request.GET.get("svar") or ""
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    posts = Post.objects.visible_to(request.user).filter(thread=thread.pk, number=int(number), state=Showing.VISIBLE)
    return posts.select_related("author").first()
