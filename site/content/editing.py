"""What an editor should know before the first field: a place above every page's form, which rooms above fill.

A maker is a function of (page, request). It returns the name of a template and what that needs
(`{"template": …, **context}`), or None where there is nothing to say. `page` is the version in the form.
"""

from bisect import insort

from django.forms import Media
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import Panel

_makers = []


def register_word(order):
    """Let the decorated maker say something above the form; the lowest order stands first."""

    def register(maker):
        insort(_makers, (order, maker), key=lambda entry: entry[0])
        return maker

    return register


def words_for(page, request):
    """Return what the makers say of `page`, in order. A page that was never saved has nothing said of it."""
    if page is None or page.pk is None:
        return []
    return [said for _order, maker in _makers if (said := maker(page, request))]


class WordsPanel(Panel):
    """The place itself: first among the panels of a page, and not there at all when nobody has a word to say."""

    def __init__(self, heading="", icon="info-circle", **kwargs):
        super().__init__(heading=heading or _("Lige nu"), icon=icon, **kwargs)

    class BoundPanel(Panel.BoundPanel):
        template_name = "content/words.html"
        media = Media(css={"all": ["css/admin/words.css"]})

        @cached_property
        def words(self):
            return words_for(self.instance, self.request)

        def is_shown(self):
            return bool(self.words)

        def get_context_data(self, parent_context=None):
            return {**super().get_context_data(parent_context), "words": self.words}


@register_word(order=200)
def overdue(page, request):
    """Say that somebody should have looked at the page by now."""
    if not page.is_overdue:
        return None
    return {"template": "content/overdue_word.html", "review_on": page.review_on, "owner": page.content_owner}
