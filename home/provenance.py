"""What an editor has changed on a page that the loader made, field by field."""

from django.utils.text import capfirst

from content.editing import register_word
from danish import danish_sort_key
from home.loading.comparing import label, mark
from home.models import Provenance


def marks_of(page) -> dict:
    """Return the hash of each field that the loader wrote on `page`, and when it last looked: (hashes, loaded_at)."""
    rows = list(Provenance.objects.filter(model=page._meta.label, object_id=str(page.pk)))
    hashes = {name: found for row in rows for name, found in row.hashes.items()}
    return hashes, max((row.loaded_at for row in rows), default=None)


def changed_fields(page, hashes) -> list[str]:
    """Return the Danish names, A-Å, of the fields in which `page` no longer holds what the loader wrote."""
    names = [capfirst(label(type(page), name)) for name, found in hashes.items() if mark(page, name) != found]
    return sorted(names, key=danish_sort_key)


def draft_of(page):
    """Return the latest draft to compare with. Unlike Wagtail's own it does not ask whether each row points right."""
    return type(page).from_serializable_data(page.latest_revision.content, check_fks=False)


@register_word(order=300)
def loaded(page, request):
    """Say that a page came from the campaign's files, and what was changed since: on the site, and in the draft."""
    hashes, loaded_at = marks_of(page)
    if loaded_at is None:
        return None
    # The page in the form may hold what was just typed; what is told of here is what is kept.
    kept = type(page).objects.get(pk=page.pk)
    published = changed_fields(kept, hashes)
    draft = changed_fields(draft_of(kept), hashes) if kept.has_unpublished_changes else published
    return {
        "template": "home/provenance.html",
        "page": kept,
        "loaded_at": loaded_at,
        "published": published,
        "draft": draft,
        "is_one": draft == published,
    }
