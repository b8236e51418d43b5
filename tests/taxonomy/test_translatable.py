"""English comes as a translation: nothing needs a new migration for it."""

import pytest
from wagtail.models import Locale, Page, TranslatableMixin
from wagtail.snippets.models import get_snippet_models

from search.models import Promotion, Synonym
from taxonomy.models import Tag, Theme

pytestmark = pytest.mark.django_db


def test_every_snippet_but_the_free_words_can_be_translated():
    # Tags, and rules about what is typed, are words as they were written: another language has its own.
    words = {Tag, Synonym, Promotion}
    assert {model for model in get_snippet_models() if not issubclass(model, TranslatableMixin)} == words


def test_everything_the_campaign_brings_is_danish(campaign):
    assert Locale.objects.get().language_code == "da"
    assert set(Page.objects.values_list("locale__language_code", flat=True)) == {"da"}


def test_a_theme_can_be_said_in_english(campaign):
    english = Locale.objects.create(language_code="en")
    theme = Theme.objects.get(slug="bosaetning").copy_for_translation(english)
    theme.title = "Settlement"
    theme.save()
    assert theme.get_translation(Locale.objects.get(language_code="da")).title == "Bosætning"
