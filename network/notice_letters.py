"""A notice as a mail of its own. Whether it may still be read, and has not been, is asked when it is sent."""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.letters import Words, writes
from accounts.stops import headers, host, link
from network.by_mail import answer_headers
from network.letters import address_of
from network.models import Membership, ThreadChoice
from network.notices import LETTER, Choice, Level, Mail, fill, shown_to, verb_of
from network.stops import SPACE, THREAD


@writes(LETTER)
def notice(letter):
    """Nothing once it is read on the site, or to one who may no longer read what it tells."""
    found = shown_to(letter.recipient).filter(pk=letter.about["notice"], read_at=None, mail=Mail.AT_ONCE)
    told = next(iter(fill(list(found), letter.recipient)), None)
    if told is None or not _is_wanted(told):
        return None
    verb = verb_of(told.verb)
    context = {
        "sentence": verb.sentence(told),
        "heading": verb.heading(told),
        "place": verb.place(told),
        "text": verb.text(told),
        "why": verb.whys[told.why],
        "link": address_of(verb.link(told)),
        "can_answer": told.post_id is not None,
        "settings": address_of(reverse("notice-settings")),
        "recipient": letter.recipient,
    }
    headers = _headers(letter.recipient, told)
    context["can_answer_by_mail"] = "Reply-To" in headers
    if told.post_id is not None:
        context["stop"] = link(letter.recipient, f"{THREAD}:{told.post.thread_id}")
        context["stop_words"] = _("Stop mail om tråden")
    elif told.space_id is not None:
        context["stop"] = link(letter.recipient, f"{SPACE}:{told.space_id}")
        context["stop_words"] = _("Stop mail fra rummet")
    return Words(_subject(context, told), "network/letters/notice", context, headers)


def _headers(recipient, told):
    """A mail program stops what comes of the space by one click, and keeps one thread together."""
    space = told.space_id if told.post_id is None else told.post.thread.space_id
    found = headers(recipient, f"{SPACE}:{space}", f"rum-{space}") if space else {}
    if told.post_id is None:
        return found
    thread = told.post.thread
    top = f"<traad-{thread.pk}@{host()}>"
    found |= {"References": top, "In-Reply-To": top}
    return found if thread.is_closed else found | answer_headers(recipient, thread)


def _is_wanted(told):
    """Has she neither muted the thread nor turned the space down since?"""
    if told.post_id is None:
        return told.meeting_id is None or told.why == "organises" or not _is_turned_down(told)
    thread = told.post.thread
    own = Membership.objects.filter(user=told.user_id, space=thread.space_id)
    level = own.values_list("level", flat=True).first()
    if told.verb == "mentioned":
        return level != Level.NOTHING
    choice = ThreadChoice.objects.filter(user=told.user_id, thread=thread.pk).values_list("what", flat=True).first()
    from_space = told.why == "space" and level == Level.MENTIONED
    return level != Level.NOTHING and choice != Choice.MUTE and not from_space


def _is_turned_down(told):
    own = Membership.objects.filter(user=told.user_id, space=told.space_id)
    return own.filter(level__in=[Level.MENTIONED, Level.NOTHING]).exists()


def _subject(context, told):
    """What is told of one thread has one subject, so that a mail program keeps it together."""
    if context["place"] and told.meeting_id is None:
        return f"[{context['place']}] {context['heading']}"
    return _("%(heading)s: %(sentence)s") % context
