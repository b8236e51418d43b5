from django import template

from network.admission import who_may_join as in_words
from network.health import days_since

register = template.Library()


@register.filter
def who_may_join(space):
    """`{{ space|who_may_join }}`: »Ansatte i kommuner. Rådgivere og partnere kan ikke.«"""
    return in_words(space)


@register.filter
def days_ago(moment):
    """How many days ago something was, counted by the calendar."""
    return days_since(moment)
