"""The files of a space: handed out, listed, put up anew."""

import logging

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import InvalidPage, Paginator
from django.db.models import Max
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from network.attach import renew
from network.filekinds import ACCEPTED, MEGABYTE
from network.models import Attachment, AttachmentVersion
from network.models.files import bytes_in, closed_files
from network.permissions import can_renew_file, check_read_space, check_renew_file, is_own_file
from network.views.door import found_space, members_only, with_door
from network.views.rooms import around
from network.views.uploads import Files, may_upload, takes_files

logger = logging.getLogger(__name__)

FILES_PER_PAGE = 30
WITH_PLACE = ("space", "post__thread__space__theme")
FACES = "uploaded_by__profile__municipality"
THUMBNAIL = "image/webp"
# A file opens nothing, runs nothing and is shown in no page of anyone else's.
SEALED = {
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def found_file(user, slug, pk) -> Attachment:
    """Return a file that `user` may read; else raise what the rule says of its space, which names no file."""
    found = Attachment.objects.visible_to(user).select_related(*WITH_PLACE).filter(pk=pk).first()
    if found is None:
        check_read_space(user, found_space(user, slug))
        raise Http404
    return found


@require_safe
@with_door
def attachment(request, slug, pk, name):
    """Hand out a file: pictures to be looked at, all else to be taken along. Before the rule is asked nothing is told,
    neither that it is there nor when it was changed: there are no conditional answers here.
    """
    found = found_file(request.user, slug, pk)
    version = _version(request, found)
    if (slug, name) != (found.room.slug, found.name):
        return redirect(version.address if "udgave" in request.GET else found)
    if not version.is_clean:
        return render(
            request, "network/file_waiting.html", {"file": found, "version": version, "space": found.room}, status=409
        )
    is_small = request.GET.get("vis") == "lille" and bool(version.thumbnail)
    file = version.thumbnail if is_small else version.file
    return _handed_out(file, found.name, THUMBNAIL if is_small else version.kind, version.file_kind.is_picture)


def _version(request, attachment):
    """The one that is asked for by number, else the newest that may be handed out."""
    versions = attachment.versions.visible_to(request.user).select_related("attachment")
    if number := request.GET.get("udgave", "")[:9]:
        versions = versions.filter(version=number) if number.isascii() and number.isdigit() else versions.none()
    else:
        clean = versions.filter(scan=AttachmentVersion.Scan.CLEAN)
        versions = clean if clean.exists() else versions
    found = versions.first()
    if found is None:
        raise Http404
    found.attachment = attachment
    return found


def _handed_out(file, name, kind, is_inline):
    try:
        content = closed_files().open(file.name)
    except FileNotFoundError as missing:
        logger.error("A file of version %s is not where it should be.", file.instance.pk)
        raise Http404 from missing
    response = FileResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = content_disposition_header(not is_inline, name)
    for header, value in SEALED.items():
        response.headers[header] = value
    return response


def bring_files(user, posts, may_write: bool, runs: bool) -> None:
    """Bring along as `files` what hangs on posts: the newest version of each, in one query for all that have any.

    `may_write`, `runs`: what `user` may do in their space; with it each knows whether she may renew it.
    """
    having = {post.pk: post for post in posts if post.has_files}
    for post in posts:
        post.files = []
    if not having:
        return
    versions = AttachmentVersion.objects.visible_to(user).filter(attachment__post__in=having)
    for version in versions.select_related("attachment").order_by("attachment", "-version"):
        post, found = having[version.attachment.post_id], version.attachment
        found.post = post
        version.may_renew = may_write and (runs or is_own_file(user, found))
        _add(post.files, version)


def _add(files, version):
    """The newest version that may be handed out is shown; what waits above it is told."""
    known = next((file for file in files if file.attachment_id == version.attachment_id), None)
    if known is None:
        version.newer = None
        files.append(version)
    elif not known.is_clean and version.is_clean:
        version.newer = known
        files[files.index(known)] = version


@require_safe
@members_only
@with_door
def files(request, slug):
    shown = found_space(request.user, slug)
    check_read_space(request.user, shown)
    if not shown.has_files:
        raise Http404
    page = _page(request, shown)
    found, context = list(page.object_list), around(request.user, shown)
    _bring_newest(request.user, found, context["is_inside"], context["runs"])
    used = bytes_in(shown)
    context |= {
        "files": found,
        "page_of_files": page,
        "previous": page.number - 1 if page.has_previous() else None,
        "next": page.number + 1 if page.has_next() else None,
        "used": -(-used // MEGABYTE),
    }
    return render(request, "network/files.html", context)


def _page(request, space):
    rows = Attachment.objects.visible_to(request.user).in_space(space).select_related(*WITH_PLACE, FACES)
    newest_first = rows.annotate(newest_at=Max("versions__uploaded_at")).order_by("-newest_at", "-pk")
    paginator = Paginator(newest_first, FILES_PER_PAGE)
    try:
        return paginator.page(request.GET.get("side", 1))
    except InvalidPage as no_page:
        raise Http404 from no_page


def _bring_newest(user, attachments, may_write, runs):
    by_pk = {attachment.pk: attachment for attachment in attachments}
    for attachment in attachments:
        attachment.shown = []
    versions = AttachmentVersion.objects.visible_to(user).filter(attachment__in=by_pk).select_related(FACES)
    for version in versions.order_by("attachment", "-version"):
        version.attachment = by_pk[version.attachment_id]
        version.may_renew = may_write and (runs or is_own_file(user, version.attachment))
        _add(version.attachment.shown, version)


@require_http_methods(["GET", "POST"])
@members_only
@takes_files
@with_door
def file_versions(request, slug, pk):
    """The versions of a file, and the form to put up a new one."""
    found = found_file(request.user, slug, pk)
    if found.post_id is None:
        raise Http404
    if slug != found.room.slug:
        return redirect("attachment-versions", found.room.slug, found.pk)
    files = Files(request.user, found.room)
    if request.method == "POST" and _renewed(request, found, files):
        messages.success(request, _("Den nye udgave af »%(name)s« er lagt op.") % {"name": found.name})
        return redirect("attachment-versions", found.room.slug, found.pk)
    rows = list(found.versions.visible_to(request.user).select_related(FACES))
    for row in rows:
        row.attachment = found
    context = {
        "space": found.room,
        "thread": found.post.thread,
        "file": found,
        "versions": rows,
        "files": files,
        "may_renew": can_renew_file(request.user, found),
        "accepted": ACCEPTED,
    }
    return files.answer(render(request, "network/file_versions.html", context))


def _renewed(request, found, files):
    check_renew_file(request.user, found)
    upload = request.FILES.get("upload")
    try:
        if fault := next((fault for handler in request.upload_handlers if (fault := handler.fault)), None):
            raise fault
        if upload is None:
            raise ValidationError(_("Vælg en fil."), code="empty")
        may_upload(request, files)
        renew(request.user, found, upload)
    except ValidationError as fault:
        files.refuse(fault)
        return False
    return True
