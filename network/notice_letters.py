"""A notice as a mail of its own. Whether it may still be read, and has not been, is asked when it is sent."""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.letters import Words, writes
from network.letters import address_of
from network.notices import LETTER, Mail, fill, shown_to, verb_of


@writes(LETTER)
def notice(letter):
    """Nothing once it is read on the site, or to one who may no longer read what it tells."""
    found = shown_to(letter.recipient).filter(pk=letter.about["notice"], read_at=None, mail=Mail.AT_ONCE)
    told = next(iter(fill(list(found))), None)
    if told is None:
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
    }
    return Words(_subject(context), "network/letters/notice", context)


def _subject(context):
    """What is told of one thread has one subject, so that a mail program keeps it together."""
    if context["place"]:
        return f"[{context['place']}] {context['heading']}"
    return _("%(heading)s: %(sentence)s") % context
