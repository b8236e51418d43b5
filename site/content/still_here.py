"""An editor's form outlives the session: it asks here before it sends what was written to a closed door."""

from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache


@never_cache
def still_here(request):
    """Answer someone who is signed in with a token for forms; Wagtail leads everybody else to the door.

    Signing in anew gives a new secret, so the token that a form was opened with no longer counts.
    """
    return JsonResponse({"token": get_token(request)})


def script():
    return render_to_string("content/keep_text.html")
