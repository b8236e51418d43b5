"""What is done to files while nobody asks: scanned again, read for the search, and swept.

Run by `manage.py look_after_files` every minute. Several may run at once, and each may be killed: what was not done is
done the next time.
"""

import logging
import time
from datetime import timedelta
from itertools import islice

from django.db import transaction
from django.utils import timezone

from accounts.letters import queue
from content.file_reading import MAX_LETTERS
from content.file_reading import READ as READ_BY_PROGRAM
from content.file_text import words_in
from content.findable import touch
from network.attach import delete_files, remove
from network.examine import encoding_of
from network.file_finding import ATTACHMENT
from network.letters import INFECTED
from network.models import Attachment, AttachmentVersion, Profile
from network.models.files import closed_files
from network.scanner import scan

logger = logging.getLogger(__name__)

BATCH = 500
PATIENCE = 60  # seconds a scanner has, where nobody waits for the page
MOST_SILENT = 3
UNSENT_FOR = timedelta(days=1)
# So long a file may lie without its row: a request that has written it may still be at work.
WITHOUT_ROW_FOR = 3600
Scan = AttachmentVersion.Scan


def scan_waiting() -> int:
    """Ask the scanner of the files that are held; return how many it has answered for.

    In no order, so that files it chokes on stand in nobody's way; it is left in peace after three without an answer.
    """
    done = silent = 0
    for version in AttachmentVersion.objects.filter(scan=Scan.WAITING).order_by("?")[:BATCH]:
        try:
            with closed_files().open(version.file.name) as content:
                said = scan(content, PATIENCE)
        except FileNotFoundError:
            continue
        if said != Scan.WAITING:
            done += _scanned(version, said)
        elif (silent := silent + 1) == MOST_SILENT:
            break
    return done


@transaction.atomic
def _scanned(version, said):
    """Write down what the scanner said, once, whoever asked. What is infected goes from the disk; its row stays."""
    names = [version.file.name, version.thumbnail.name]
    gone = {"file": "", "thumbnail": "", "size": 0} if said == Scan.INFECTED else {}
    mine = AttachmentVersion.objects.filter(pk=version.pk, scan=Scan.WAITING).update(scan=said, **gone)
    if mine and said == Scan.INFECTED:
        transaction.on_commit(lambda: delete_files(filter(None, names)), robust=True)
        if version.uploaded_by is not None:
            queue(INFECTED, version.uploaded_by, version=version.pk)
    if mine:
        touch(ATTACHMENT, [version.attachment_id])
    return mine


def read_unread() -> int:
    """Read the text of the files that are clean and sent, and were not read yet; return how many were."""
    unread = AttachmentVersion.objects.filter(scan=Scan.CLEAN, text_read_at=None, attachment__post__isnull=False)
    versions = list(unread.order_by("pk")[:BATCH])
    for version in versions:
        text = text_of(version)
        with transaction.atomic():
            own = AttachmentVersion.objects.filter(pk=version.pk)
            own.update(text=text, text_read_at=timezone.now())
            touch(ATTACHMENT, [version.attachment_id])
    return len(versions)


def text_of(version) -> str:
    """Return the plain text of a version; nothing of what cannot be read. Never raises for what is in the file."""
    kind = version.file_kind
    try:
        with closed_files().open(version.file.name) as content:
            if kind.name in READ_BY_PROGRAM:
                return words_in(content.read(), kind.name)[:MAX_LETTERS]
            encoding = None if kind.is_picture else encoding_of(content)
            if encoding is None:
                return ""
            content.seek(0)
            return content.read(4 * MAX_LETTERS).decode(encoding, "ignore").replace("\0", "")[:MAX_LETTERS]
    except OSError:
        logger.warning("The file of version %s is not where it should be.", version.pk)
        return ""


def sweep() -> int:
    """Delete what was put up and not sent for a day, and files without a row; return how many."""
    unsent = Attachment.objects.filter(post=None, uploaded_at__lt=timezone.now() - UNSENT_FOR)
    with transaction.atomic():
        number = remove(unsent)
    return number + _sweep_disk()


def _sweep_disk():
    now, number = time.time(), 0
    names = (name for name, written in closed_files().names() if now - written > WITHOUT_ROW_FOR)
    while some := list(islice(names, BATCH)):
        rows = AttachmentVersion.objects
        known = set(rows.filter(file__in=some).values_list("file", flat=True))
        known |= set(rows.filter(thumbnail__in=some).values_list("thumbnail", flat=True))
        known |= set(Profile.objects.filter(picture__in=some).values_list("picture", flat=True))
        orphans = [name for name in some if name not in known]
        delete_files(orphans)
        number += len(orphans)
    return number


def missing() -> int:
    """Return how many versions and profiles tell of a file that is not there, and log each: a copy must be brought."""
    number = 0
    for version in AttachmentVersion.objects.exclude(file="").only("pk", "file").iterator(BATCH):
        if not closed_files().exists(version.file.name):
            logger.error("The file of version %s is not where it should be.", version.pk)
            number += 1
    for profile in Profile.objects.exclude(picture="").only("pk", "picture").iterator(BATCH):
        if not closed_files().exists(profile.picture.name):
            logger.error("The picture of profile %s is not where it should be.", profile.pk)
            number += 1
    return number
