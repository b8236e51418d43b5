"""One's own profile, and another member's."""

import logging

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from accounts import limits
from network import portrait
from network.forms import ProfileForm
from network.members import complete
from network.models import Profile, Seen, Space
from network.models.files import closed_files
from network.models.rooms import allowed
from network.person import whole_face
from network.profile_forms import GrownProfileForm, PictureForm
from network.rule import Act, Standing, may
from network.views.door import members_only
from network.views.files import SEALED, THUMBNAIL
from network.views.uploads import ACTION, STATUS, takes_files
from network.who_sees import OF_NETWORK, OF_SPACES, Eyes, field_shown, shown_people

logger = logging.getLogger(__name__)


@require_http_methods(["GET", "POST"])
@login_required
def profile(request):
    own = getattr(request.user, "profile", None) or Profile(user=request.user)
    is_first = not own.is_complete
    form = (ProfileForm if is_first else GrownProfileForm)(request.POST or None, instance=own)
    if request.method == "POST" and form.is_valid():
        try:
            _save(request.user, form)
        except ValidationError as faults:
            form.add_error(None, faults)
        else:
            messages.success(request, _("Din profil er gemt."))
            return redirect(_onwards(request))
    status = 400 if form.is_bound else 200
    return render(
        request,
        "network/profile.html",
        {"form": form, "is_first": is_first, "next": request.POST.get("next") or request.GET.get("next", "")},
        status=status,
    )


@transaction.atomic
def _save(user, form):
    user.name = form.cleaned_data["name"]
    user.save(update_fields=["name"])
    complete(form.save(commit=False))
    form.save_m2m()


def _onwards(request):
    """Return where the person was on her way to, if it is on this site."""
    wanted = request.POST.get("next", "")
    if wanted and url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return "network"


# --- the picture --------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@members_only
@takes_files
def picture(request):
    """Put up a picture of oneself, or take it down."""
    form = PictureForm()
    status = 200
    if request.method == "POST":
        if "remove" in request.POST:
            portrait.take_down(request.user)
            messages.success(request, _("Billedet er slettet."))
            return redirect("profile-picture")
        try:
            _put_up(request)
        except ValidationError as fault:
            form = PictureForm({})
            form.errors["upload"] = form.error_class(fault.messages)
            status = STATUS.get(fault.code, 400)
        else:
            messages.success(request, _("Billedet er gemt."))
            return redirect("profile-picture")
    context = {"form": form, "shown": request.user.profile, "is_hidden": request.user.profile.picture_seen == Seen.ME}
    return render(request, "network/profile_picture.html", context, status=status)


def _put_up(request):
    if fault := next((fault for handler in request.upload_handlers if (fault := handler.fault)), None):
        raise fault
    upload = request.FILES.get("upload")
    if upload is None:
        raise ValidationError(PictureForm.base_fields["upload"].error_messages["required"], code="empty")
    if limits.is_over(request, ACTION):
        raise ValidationError(_("Du har lagt mange filer op på kort tid. Prøv igen om en time."), code="often")
    limits.count(request, ACTION)
    portrait.put_up(request.user, upload)


@require_safe
@members_only
def member_picture(request, pk):
    """Hand out the picture to those who see it; to all others there is none."""
    shown = get_object_or_404(shown_people(request.user).select_related("user"), user=pk)
    if not shown.picture or not field_shown(request.user, shown, "picture"):
        raise Http404
    try:
        content = closed_files().open(shown.picture.name)
    except FileNotFoundError as missing:
        logger.error("The picture of profile %s is not where it should be.", shown.pk)
        raise Http404 from missing
    return FileResponse(content, content_type=THUMBNAIL, headers=SEALED)


# --- what is seen of a member ---------------------------------------------------------------------------


@require_GET
@members_only
def member(request, pk):
    people = shown_people(request.user).select_related("user", "municipality")
    shown = get_object_or_404(people, user=pk)
    context = {
        "face": whole_face(shown, Eyes(request.user).sight(shown)),
        "spaces": _spaces_told(request.user, shown.user),
    }
    return render(request, "network/member.html", context)


def _spaces_told(reader, person):
    """Of the spaces someone is in, only those are told that the reader knows of."""
    spaces = Space.objects.visible_to(reader).joined_by(person).select_related("theme")
    if person != reader:
        # Who is in a space without a list of members is told to those who run it alone.
        spaces = spaces.filter(Q(has_members=True) | allowed(reader, Act.RUN))
    return spaces


@require_GET
@members_only
def as_others(request):
    """What others see of one: the faces that they are shown, made by the same code."""
    own = request.user.profile
    own.user = request.user
    shared = list(Space.objects.joined_by(request.user).filter(has_members=True))
    chosen = next((space for space in shared if space.slug == request.GET.get("rum")), shared[0] if shared else None)
    context = {
        "for_network": whole_face(own, OF_NETWORK),
        "told_network": [space for space in shared if _is_told(space)],
        "shared": shared,
        "chosen": chosen,
    }
    if chosen:
        context["for_spaces"] = whole_face(own, OF_SPACES)
        context["told_spaces"] = [space for space in shared if space == chosen or _is_told(space)]
    return render(request, "network/as_others.html", context)


def _is_told(space):
    """Does someone of the network who is not in it know of the space?"""
    return may(Act.KNOW, space.kind, Standing.NETWORK, space.is_archived)
