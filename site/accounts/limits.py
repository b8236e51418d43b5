"""How often one may try, and the answer to one who tries too often: 429, with the time to wait.

The rates stand in ACCOUNT_RATE_LIMITS and are counted by allauth, in Django's cache. Here stand the sums that allauth
does not do: how long there is to wait.
"""

import math
import time

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.shortcuts import render

from accounts.addresses import normal

APP = "allauth.account"
SHORTEST = 60

# What allauth counts at which of its pages, where it answers without saying which limit was met.
ACTIONS = {
    "account_login": "login",
    "account_reset_password": "reset_password",
    "account_reset_password_from_key": "reset_password_from_key",
    "account_change_password": "change_password",
    "account_set_password": "change_password",
    "account_email": "manage_email",
    "account_reauthenticate": "reauthenticate",
}


def too_many(request, wait=None):
    """Answer 429 with a page in our words; what was typed plays no part in it."""
    seconds = wait or waiting_time(request, **_limit_of(request))
    response = render(request, "429.html", {"minutes": math.ceil(seconds / 60)}, status=429)
    response.headers["Retry-After"] = str(seconds)
    response.headers["Cache-Control"] = "no-store"
    return response


def waiting_time(request, action, key=None) -> int:
    """Return the seconds until `action` may be tried again."""
    waits = [_wait(request, action, rate, key) for rate in ratelimit.get_rates(app=APP, action=action)]
    return max([SHORTEST, *waits])


def count(request, action) -> None:
    """Count one try against the limit of `action`, whatever the method of the request."""
    ratelimit.consume(request, app=APP, action=action, limit_get=True)


def is_over(request, action) -> bool:
    return not ratelimit.consume(request, app=APP, action=action, limit_get=True, dry_run=True)


def _limit_of(request):
    match = request.resolver_match
    action = ACTIONS.get(match.url_name if match else "", "")
    return {"action": action, "key": normal(request.POST.get("email"))}


def _wait(request, action, rate, key):
    if rate.per == "user" and not request.user.is_authenticated:
        return 0
    name = ratelimit.get_cache_key(request, app=APP, action=action, rate=rate, key=key or "")
    history = cache.get(name) or []
    if len(history) < rate.amount:
        return 0
    return math.ceil(history[rate.amount - 1] + rate.duration - time.time())
