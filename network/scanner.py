"""The virus scanner, where there is one: clamd, asked over a socket (INSTREAM). While it is silent a file is held."""

import logging
import socket
import struct
import time
from urllib.parse import urlsplit

from django.conf import settings

from network.models import AttachmentVersion

logger = logging.getLogger(__name__)

Scan = AttachmentVersion.Scan
CHUNK = 64 * 1024
PATIENCE = 8  # seconds: so long a reader's own request may wait


def scan(file, patience: float = PATIENCE) -> Scan:
    """Return what the scanner says of `file`: WAITING where it is down, slow, or does not know.

    Without `CLAMAV_URL` (`clamav://host:port` or `unix:/path`) there is no scanner, and every file is CLEAN.
    """
    if not settings.CLAMAV_URL:
        return Scan.CLEAN
    try:
        answer = _asked(file, time.monotonic() + patience)
    except OSError as fault:
        logger.warning("The virus scanner does not answer: %s.", type(fault).__name__)
        return Scan.WAITING
    if answer.endswith(b"FOUND"):
        return Scan.INFECTED
    if answer.endswith(b"OK"):
        return Scan.CLEAN
    logger.warning("The virus scanner said %r.", answer[:100])
    return Scan.WAITING


def _asked(file, until):
    with _line(until) as line:
        _send(line, b"zINSTREAM\0", until)
        file.seek(0)
        while chunk := file.read(CHUNK):
            _send(line, struct.pack("!L", len(chunk)) + chunk, until)
        _send(line, struct.pack("!L", 0), until)
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < 1000:
            line.settimeout(_left(until))
            piece = line.recv(1000)
            if not piece:
                break
            answer += piece
    return answer.strip(b"\0 \n")


def _line(until):
    address = urlsplit(settings.CLAMAV_URL)
    if address.scheme == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.settimeout(_left(until))
            line.connect(address.path)
        except OSError:
            line.close()
            raise
        return line
    return socket.create_connection((address.hostname, address.port or 3310), timeout=_left(until))


def _send(line, content, until):
    line.settimeout(_left(until))
    line.sendall(content)


def _left(until):
    """The time that is left; an overall limit, so that a scanner that drips cannot hold anyone longer."""
    if (left := until - time.monotonic()) <= 0:
        raise TimeoutError
    return left
