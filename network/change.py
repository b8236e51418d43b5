"""A page changes materially: its editor says so in one line, and those who follow it are told once, when it is out.

The line waits from the saving to the publishing, whoever publishes and when: by the same click, after a workflow, or
at the hour that was set.
"""

from django.db import transaction
from django.db.models import Case, CharField, Exists, OuterRef, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page
from wagtail.signals import page_published

from content.cards import bare_cards
from content.findable import terms_of
from content.finding import PAGE
from content.listing import listed, open_to_all, page_types
from network.fan_out import tell_many
from network.finding import MUNICIPALITY
from network.follow import TAG, THINGS
from network.models import Change, Follow, Municipality, NoticeSettings
from network.notices import Mail, Verb, register
from network.readers import in_network
from taxonomy.models import Tag

CHANGED = "changed"
LINE = 200
Preset = NoticeSettings.Preset


def note_change(page, line: str) -> None:
    """Keep the line until the page is published; a later one takes the place of one that waits."""
    line = " ".join(line.split())[:LINE]
    if line:
        Change.objects.update_or_create(page_id=page.pk, told_at=None, defaults={"line": line})


def tell_of_change(sender, instance, **kwargs):
    """The page is out: what its editor said of it is told."""
    with transaction.atomic():
        for change in Change.objects.select_for_update().filter(page_id=instance.pk, told_at=None):
            change.told_at = timezone.now()
            change.save(update_fields=["told_at"])
            tell_many(CHANGED, about=change.pk)


page_published.connect(tell_of_change, dispatch_uid="network.change")


def under(page_id: int) -> dict:
    """Return what a page stands under that can be followed: itself, its tags and its municipalities."""
    terms = terms_of(PAGE, [page_id])[page_id]
    slugs = {field: [term.value for term in found] for field, found in terms.items()}
    return {
        PAGE: [page_id],
        TAG: list(Tag.objects.filter(slug__in=slugs.get("emneord", [])).values_list("pk", flat=True)),
        MUNICIPALITY: list(
            Municipality.objects.filter(slug__in=slugs.get("kommune", [])).values_list("pk", flat=True)
        ),
    }


def _audience(telling):
    change = Change.objects.filter(pk=telling.about).first()
    if change is None or not open_to_all(Page.objects.filter(pk=change.page_id)).exists():
        return None
    telling.under = under(change.page_id)
    followed = {
        what: Exists(Follow.objects.filter(user=OuterRef("pk"), what=what, object_id__in=pks))
        for what, pks in telling.under.items()
        if pks
    }
    anything = Q(pk__in=[])
    for exists in followed.values():
        anything |= Q(exists)
    calm = Q(notice_settings=None) | Q(notice_settings__preset=Preset.CALM)
    return (
        in_network()
        .filter(anything)
        .annotate(
            why=Case(*(When(exists, then=Value(what)) for what, exists in followed.items()), output_field=CharField()),
            mail=Case(When(calm, then=Value(Mail.COLLECTED)), default=Value(Mail.AT_ONCE), output_field=CharField()),
        )
    )


def _among(telling):
    return [Follow.objects.filter(what=what, object_id__in=pks) for what, pks in telling.under.items() if pks]


def _readable(user):
    open_pages = open_to_all(Page.objects.all()).values("pk")
    return Q(about__in=Change.objects.filter(page_id__in=open_pages).values("pk"))


def _load(notices):
    """Bring along the line and the page, as everyone may read it."""
    changes = {change.pk: change for change in Change.objects.filter(pk__in=[notice.about for notice in notices])}
    pages = listed(*page_types()).filter(pk__in={change.page_id for change in changes.values()})
    cards = {card.pk: card for card in bare_cards(pages) if card.url}
    for notice in notices:
        change = changes.get(notice.about)
        if change is not None and change.page_id in cards:
            change.card = cards[change.page_id]
            notice.thing = change


register(
    Verb(
        name=CHANGED,
        sentence=lambda notice: str(_("Siden er ændret")),
        link=lambda notice: notice.thing.card.url,
        whys={what: thing.why for what, thing in THINGS.items()},
        heading=lambda notice: notice.thing.card.title,
        place=lambda notice: "",
        words=lambda notice: notice.thing.line,
        text=lambda notice: notice.thing.line,
        audience=_audience,
        among=_among,
        readable=_readable,
        load=_load,
    )
)
