"""The one form of an e-mail address: what is stored, looked up and counted."""

import unicodedata


def normal(email):
    """Return `email` as it is stored: look-alikes (full-width letters, capitals) become the one address."""
    return unicodedata.normalize("NFKC", email or "").strip().casefold()
