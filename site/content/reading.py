"""What a page shows beside its own fields, said by the room that knows it and not by the page type.

A page type needs no import of what is made of it: the module that makes it registers here when the app is ready.
"""

_readers = {}
_beside = []


def shows(*page_types):
    """Register `maker(page, request) -> dict`: what the template of these page types gets beside the page."""

    def decorator(maker):
        for page_type in page_types:
            _readers[page_type] = maker
        return maker

    return decorator


def shows_beside(maker):
    """Register `maker(page, request, shown) -> dict` for every page type: what a room above lays beside whatever page.

    `shown`: what the page shows already.
    """
    _beside.append(maker)
    return maker


def is_previewed(request) -> bool:
    """Is this an editor's look at a page? Then what stands in the form is read from the page in hand.

    Its relations hold the form's rows, or the draft's, while the database holds those that were published. A reader's
    page never asks this way: a query for each relation is too many.
    """
    return getattr(request, "is_preview", False)


def shown_on(page, request) -> dict:
    maker = _readers.get(type(page))
    shown = maker(page, request) if maker else {}
    for beside in _beside:
        shown |= beside(page, request, shown)
    return shown
