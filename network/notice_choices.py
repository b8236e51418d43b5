"""How someone wants to be told: the preset, the collected mail, and a level for each space."""

from django.db import transaction
from django.utils import timezone

from network.models import Membership, NoticeSettings, Space

Preset, Cadence = NoticeSettings.Preset, NoticeSettings.Cadence
# What a preset brings along; the collected mail can be chosen apart afterwards.
CADENCES = {Preset.CALM: Cadence.WEEKLY, Preset.KEEP_UP: Cadence.DAILY, Preset.EVERYTHING: Cadence.WEEKLY}


def settings_of(user) -> NoticeSettings:
    """Return what `user` has chosen, or the defaults, unsaved."""
    return NoticeSettings.objects.filter(user=user).first() or NoticeSettings(user=user)


@transaction.atomic
def choose_preset(user, preset: str) -> NoticeSettings:
    """Choose how much: the collected mail comes as the preset says."""
    own = own_settings(user)
    own.preset = Preset(preset)
    set_cadence(own, CADENCES[own.preset])
    own.save()
    return own


@transaction.atomic
def choose_collected(user, cadence: str, weekday: int, hour: int, zone: str) -> NoticeSettings:
    """Choose when the collected mail comes."""
    own = own_settings(user)
    own.weekday, own.hour, own.zone = weekday, hour, NoticeSettings.Zone(zone)
    set_cadence(own, Cadence(cadence))
    own.save()
    return own


def own_settings(user) -> NoticeSettings:
    """Return the row of `user`, made where there is none, locked. Call it inside a transaction."""
    NoticeSettings.objects.bulk_create([NoticeSettings(user=user)], ignore_conflicts=True)
    return NoticeSettings.objects.select_for_update().get(user=user)


def set_cadence(own: NoticeSettings, cadence: str) -> None:
    if own.cadence == Cadence.NEVER != cadence:
        own.collected_until = timezone.now()  # what came while one wanted none is not told afterwards
    own.cadence = cadence
    own.next_at = None  # it is reckoned anew


@transaction.atomic
def choose_level(user, space: Space, level: str) -> bool:
    """Choose what one is told of in a space that one is in; return whether one is."""
    if level not in ("", *Membership.Level.values):
        raise ValueError(level)
    return bool(Membership.objects.filter(user=user, space=space.pk).update(level=level))
