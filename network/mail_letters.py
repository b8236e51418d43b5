"""What the sender of a mail is told: that it stands in the thread, with the way to edit it; or why it does not."""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.letters import Words, writes
from network.letters import address_of
from network.models import IncomingMail, Post

POSTED, REFUSED = "mail-posted", "mail-refused"


@writes(POSTED)
def posted(letter):
    """To the author. Nothing where she may not read the post any more."""
    row = _row(letter, IncomingMail.State.POSTED)
    posts = Post.objects.visible_to(letter.recipient).select_related("thread__space")
    post = posts.filter(pk=row.post_id).first() if row else None
    if post is None:
        return None
    parts = [post.thread.space.slug, post.thread_id, post.thread.slug, post.number]
    context = {
        "thread": post.thread,
        "text": post.source,
        "told": row.told.split("\n") if row.told else [],
        "was_cut": bool(row.cut),
        "link": address_of(post.get_absolute_url()),
        "edit": address_of(reverse("post-edit", args=parts)),
    }
    subject = _("Din mail står nu i »%(thread)s«") % {"thread": post.thread.title}
    return Words(subject, "network/letters/mail_posted", context)


@writes(REFUSED)
def refused(letter):
    """To a member whose mail was not taken: why, and what to do. It names no thread and no space."""
    row = _row(letter, IncomingMail.State.REFUSED)
    if row is None:
        return None
    context = {"told": row.told, "link": address_of(reverse("network"))}
    return Words(_("Din mail blev ikke til et indlæg"), "network/letters/mail_refused", context)


def _row(letter, state):
    return IncomingMail.objects.visible_to(letter.recipient).filter(pk=letter.about["incoming"], state=state).first()
