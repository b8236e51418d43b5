"""Files that come with a form: cut off where they are too large, kept where the text is refused.

In the form stand `uploads` (the files), `files` (ids of those that are up already) and `without` (ids of those on the
post to take off). The field for files comes after the text, so that a text is read before a file is cut off.
"""

import errno
from contextlib import contextmanager
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.utils.translation import gettext as _

from accounts import limits
from network.attach import NO_ROOM, TOO_MANY, attach
from network.examine import FULL, TOO_LARGE
from network.filekinds import ACCEPTED, MAX_BYTES, MAX_FILES, MEGABYTE
from network.filenames import safe_name
from network.models import Attachment, Post
from network.models.files import bytes_in

ACTION = "upload"
STATUS = {"large": 413, FULL: 507, "often": 429}
TEXT_ROOM = 6 * MEGABYTE  # what a form may hold beside its files
NO_SPACE_LEFT = {errno.ENOSPC, errno.EDQUOT}
TOGETHER = _("Filerne fylder mere end 250 MB tilsammen. Send dem i flere indlæg.")


class LimitedUpload(TemporaryFileUploadHandler):
    """Writes each file to a temporary one of its own, and stops reading where one is too large or there are too many.

    What was wrong stands in `fault` afterwards, a ValidationError; the fields before the file have been read then.
    """

    chunk_size = 64 * 1024
    fault = None

    def __init__(self, request=None, most=MAX_FILES):
        super().__init__(request)
        self.most = most

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        self.files, self.read = 0, 0
        self.is_all_too_much = content_length > MAX_FILES * MAX_BYTES + TEXT_ROOM

    def new_file(self, *args, **kwargs):
        self.files, self.read = self.files + 1, 0
        self.name = safe_name(args[1] if len(args) > 1 else kwargs.get("file_name", ""))
        if self.is_all_too_much:
            self._stop(TOGETHER, "large")
        if self.files > self.most:
            self._stop(TOO_MANY, "many")
        with self._room_on_the_disk():
            super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data, start):
        self.read += len(raw_data)
        if self.read > MAX_BYTES:
            self._stop(TOO_LARGE, "large")
        with self._room_on_the_disk():
            super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size):
        with self._room_on_the_disk():
            done = super().file_complete(file_size)
        # The parser closes what stands here when it stops at a later file.
        del self.file
        return done

    def _stop(self, sentence, code):
        self.fault = ValidationError(sentence, code=code, params={"name": self.name})
        raise StopUpload(connection_reset=True)

    @contextmanager
    def _room_on_the_disk(self):
        try:
            yield
        except OSError as fault:
            if fault.errno not in NO_SPACE_LEFT:
                raise
            self._stop(NO_ROOM, FULL)


def takes_files(view):
    """Say of a view that its form holds files. What was cut off is told by `files_of`."""
    view.takes_files = True  # the decorators above bring it along
    return view


class UploadsMiddleware:
    """Reads the files of a form within their limits: stands before the guard against forgery, which reads the form.

    A view that takes no files reads none, and nobody reads a stranger's. The admin has limits of its own, and the
    provider's webhook knows a word that strangers do not.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        is_elsewhere = request.path.startswith("/admin/") or request.resolver_match.app_name == "anymail"
        if request.method == "POST" and not is_elsewhere:
            takes = getattr(view, "takes_files", False) and request.user.is_authenticated
            request.upload_handlers = [LimitedUpload(request, most=MAX_FILES if takes else 0)]


class Files:
    """The files of a form: `unsent` are up already, `faults` say what is wrong with the others, `ids` go to the verb.

    `post`: the one that is edited, whose own files can be taken off.
    """

    accepted, most = ACCEPTED, MAX_FILES

    def __init__(self, user, space, post=None):
        self.user, self.space, self.post = user, space, post
        self.unsent, self.faults, self.without, self.retry_after = [], [], [], 0

    @property
    def ids(self):
        return [attachment.pk for attachment in self.unsent]

    @property
    def status(self):
        """The status of the answer that tells the faults."""
        return max((STATUS.get(fault.code, 400) for fault in self.faults), default=200)

    @property
    def sentences(self):
        return [sentence for fault in self.faults for sentence in fault.messages]

    @property
    def own(self):
        """What hangs on the post that is edited."""
        if self.post is None or not self.post.has_files:
            return []
        return list(self.post.attachments.visible_to(self.user))

    @property
    def megabytes_used(self):
        return -(-bytes_in(self.space) // MEGABYTE)

    def answer(self, response):
        """Let the answer say with its status what is wrong with the files, if anything is."""
        if self.faults:
            response.status_code = self.status
        if self.retry_after:
            response.headers["Retry-After"] = str(self.retry_after)
        return response

    def refuse(self, fault):
        self.faults.append(fault)


def files_of(request, space, post=None) -> Files:
    """Put up what came with a form, and return it with what was up before. The rule is asked by the verbs."""
    files = Files(request.user, space, post)
    if request.method != "POST":
        return files
    # Whatever the space takes: fields that came after the file that was cut off have not been read.
    for handler in request.upload_handlers:
        if getattr(handler, "fault", None):
            files.refuse(handler.fault)
    if not space.has_files:
        return files
    files.without = _numbers(request.POST.getlist("without"))
    if numbers := _numbers(request.POST.getlist("files")):
        own = Attachment.objects.visible_to(request.user).filter(post=None, uploaded_by=request.user, space=space)
        files.unsent = list(own.filter(pk__in=numbers).select_related("space"))
    uploads = request.FILES.getlist("uploads")
    if uploads and not _was_sent(request):
        _put_up(request, files, uploads)
    return files


def _numbers(texts):
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19][: 2 * MAX_FILES]


def _was_sent(request):
    """Was this form sent before? Then its files are up, too."""
    try:
        key = UUID(request.POST.get("form_key", ""))
    except ValueError:
        return False
    return Post.objects.visible_to(request.user).filter(author=request.user, form_key=key).exists()


def _put_up(request, files, uploads):
    if len(files.unsent) + len(uploads) > MAX_FILES:
        files.refuse(ValidationError(TOO_MANY, code="many"))
        return
    for upload in uploads:
        try:
            may_upload(request, files)
            files.unsent.append(attach(request.user, files.space, upload))
        except ValidationError as fault:
            files.refuse(fault)
            if fault.code in ("often", "room", "none"):
                return


def may_upload(request, files) -> None:
    """Count one file; raise ValidationError where there have been too many in the last hour."""
    if limits.is_over(request, ACTION):
        files.retry_after = limits.waiting_time(request, ACTION)
        raise ValidationError(
            _("Du har lagt mange filer op på kort tid. De sidste kan komme med om %(minutes)s minutter."),
            code="often",
            params={"minutes": -(-files.retry_after // 60)},
        )
    limits.count(request, ACTION)
