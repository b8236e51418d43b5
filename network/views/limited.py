"""The answer to one who has done as much as there is room for: 429, with the page and all that was typed on it."""

from django.core.exceptions import ValidationError

from network.limits import TooMany


def limited(response, *faults):
    """Make `response` say 429 and when to come back, where a limit is among `faults`: ValidationErrors and forms."""
    if met := next((fault for fault in _each(faults) if isinstance(fault, TooMany)), None):
        response.status_code = 429
        response.headers["Retry-After"] = str(met.wait)
    return response


def _each(faults):
    for fault in faults:
        if isinstance(fault, ValidationError):
            yield from fault.error_list if hasattr(fault, "error_list") else ()
        else:
            for found in fault.errors.as_data().values():
                yield from found
