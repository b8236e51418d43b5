"""Which post a reply answers: chosen with »Svar« beside it, in the address or in the form (`svar`, and `citat`)."""

from network.models import Post, Showing, Thread

LONGEST_QUOTE = 1_000


def answered_post(request, thread: Thread) -> Post | None:
    """Return the post of `thread` that the reader has chosen to answer, if there is one and it is shown to her."""
    number = request.POST.get("svar") or request.GET.get("svar") or ""
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    posts = Post.objects.visible_to(request.user).filter(thread=thread.pk, number=int(number), state=Showing.VISIBLE)
    return posts.select_related("author").first()


def answering(request, post: Post | None) -> dict:
    """Return what stands in the form of the reply from the beginning: the words of `post` where they are quoted."""
    return {"text": quoted(post.source)} if post is not None and request.GET.get("citat") == "1" else {}


def quoted(text: str) -> str:
    """Return `text` as it is quoted in Markdown, with room to answer below; a long one ends with »…«."""
    if len(text) > LONGEST_QUOTE:
        text = text[:LONGEST_QUOTE].rsplit(" ", 1)[0] + " …"
    return "".join(f"> {line}\n" for line in text.split("\n")) + "\n"
