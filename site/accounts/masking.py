"""Keys in addresses let someone in; logs are read by many. Used by LOGGING, before any model is there."""

import logging
import re

KEYS = re.compile(r"(/konto/(?:velkommen|ny-adgangskode|bekraeft-mail|stop-mail)/)[^/\s\"']+")


def masked(value):
    return KEYS.sub(r"\1…", value) if isinstance(value, str) else value


class KeysStaySecret(logging.Filter):
    """Write … for the key in every address of ours that holds one."""

    def filter(self, record):
        record.msg = masked(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(masked(value) for value in record.args)
        return True
