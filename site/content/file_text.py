"""The words of a file, read once for each content it has.

A file is read by a process of its own (content.file_reading) with a limit to time and memory: what someone uploads can
be broken, endless or made to harm, and then it has no words.
"""

import logging
import subprocess
import sys
from pathlib import Path

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.utils.file import hash_filelike

READER = Path(__file__).with_name("file_reading.py")
READ = {"pdf", "docx"}
MAX_BYTES = 50_000_000
SECONDS = 8

logger = logging.getLogger(__name__)


class FileText(models.Model):
    """What was read of a file when its content had the SHA-1 `hash`."""

    file = models.OneToOneField("content.File", on_delete=models.CASCADE, related_name="read")
    hash = models.CharField(max_length=40)
    text = models.TextField(blank=True)

    # Else every file would be told to be in use.
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("tekst i fil")
        verbose_name_plural = _("tekst i filer")

    def __str__(self):
        return f"{self.file_id}"


def text_of(file) -> str:
    """Return the plain text of a content.File in PDF or DOCX; nothing of other kinds, and of what cannot be read.

    Reads the file when its content is not that which was read last. Never raises for what is in it.
    """
    kind = file.file_extension.lower()
    if kind not in READ:
        return ""
    known = getattr(file, "read", None)
    try:
        digest = file.file_hash or _hash(file)
        if known and known.hash == digest:
            return known.text
        if file.file.size > MAX_BYTES:
            return ""
        with file.open_file() as content:
            text = words_in(content.read(), kind)
    except OSError:
        logger.warning("The file %s is not where it should be.", file.pk)
        return ""
    FileText.objects.update_or_create(file=file, defaults={"hash": digest, "text": text})
    return text


def _hash(file):
    with file.open_file() as content:
        return hash_filelike(content)


def words_in(content: bytes, kind: str) -> str:
    """Return the plain text of `content`; `kind` is a key of `content.file_reading.READ`. What cannot be read in time
    gives nothing.
    """
    try:
        done = subprocess.run(  # noqa: S603  our own program, with one of its own words
            [sys.executable, "-I", str(READER), kind],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        logger.warning("A file in %s took more than %s seconds to read.", kind, SECONDS)
        return ""
    if done.returncode:
        logger.info("A file in %s could not be read.", kind)
        return ""
    # NUL is no letter to PostgreSQL.
    return done.stdout.decode("utf-8", "replace").replace("\0", "")
