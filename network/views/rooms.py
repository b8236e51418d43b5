"""The network's front page, a space, its door, its members."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import InvalidPage, Paginator
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from network import join as verbs
from network.forms import AddForm, AnswerForm, AskForm, RoleForm
from network.limits import TooMany
from network.members import make_member
from network.models import AccessRequest, Attachment, Membership, Space, Thread
from network.permissions import can, check, check_read_space, check_run_space, check_see_space
from network.review import number_waiting
from network.rule import Act
from network.views.door import door, found_space, members_only, with_door
from network.views.limited import limited

THREADS_PER_PAGE = 30


@require_GET
@members_only
def network(request):
    user = request.user
    spaces = list(Space.objects.visible_to(user).with_standing_of(user).with_members().select_related("theme"))
    mine = [space for space in spaces if space.is_own]
    threads = Thread.objects.visible_to(user).filter(space__in=mine)
    asked = AccessRequest.objects.visible_to(user).filter(user=user).select_related("space").order_by("-asked_at")
    context = {
        "mine": mine,
        "others": [space for space in spaces if not space.is_own],
        "threads": threads.select_related("space__theme", "author__profile__municipality")[:6],
        "requests": list(asked[:5]),
        "waiting": waiting_for(user),
        "to_review": number_waiting(user),
    }
    return render(request, "network/network.html", context)


def waiting_for(user):
    """Return the spaces in which someone waits for `user` at the door, with `waiting`, the number."""
    others = AccessRequest.objects.visible_to(user).waiting().exclude(user=user)
    asked = Count("requests", filter=Q(requests__in=others), distinct=True)
    return list(Space.objects.visible_to(user).annotate(waiting=asked).filter(waiting__gt=0))


@require_GET
@with_door
def space(request, slug):
    shown = found_space(request.user, slug)
    check_read_space(request.user, shown)
    threads = shown.threads.visible_to(request.user).select_related("author__profile__municipality")
    page = _page(threads, request, THREADS_PER_PAGE)
    context = {
        **around(request.user, shown),
        "threads": page.object_list,
        "page_of_threads": page,
        "next": page.number + 1 if page.has_next() else None,
        "previous": page.number - 1 if page.has_previous() else None,
    }
    return render(request, "network/space.html", context)


def around(user, space):
    """What every page of a space shows beside its own matter."""
    members = Membership.objects.filter(space=space)
    facilitators = members.who_may(Act.RUN)
    runs = can(user, Act.RUN, space)
    numbers = members.aggregate(people=Count("pk"), places=Count("user__profile__municipality", distinct=True))
    return {
        "space": space,
        "facilitators": [row.user for row in facilitators.select_related("user__profile__municipality")],
        "numbers": numbers,
        "is_inside": can(user, Act.WRITE, space),
        "runs": runs,
        "waiting": space.requests.visible_to(user).waiting().count() if runs else 0,
        "number_of_files": Attachment.objects.visible_to(user).in_space(space).count() if space.has_files else 0,
        "to_review": number_waiting(user, space) if runs else 0,
    }


def _page(rows, request, number):
    paginator = Paginator(rows, number)
    try:
        return paginator.page(request.GET.get("side", 1))
    except InvalidPage as no_page:
        raise Http404 from no_page


@require_POST
@members_only
@with_door
def join(request, slug):
    shown = found_space(request.user, slug)
    verbs.join(request.user, shown)
    messages.success(request, _("Du er nu med i »%(space)s«.") % {"space": shown.name})
    return redirect(shown)


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def ask(request, slug):
    shown = found_space(request.user, slug)
    if request.method == "GET":
        return redirect(shown)
    form = AskForm(request.POST)
    if form.is_valid():
        try:
            verbs.ask(request.user, shown, form.cleaned_data["reason"])
        except ValidationError as fault:
            form.add_error("reason", fault)
        else:
            messages.success(request, _("Facilitator har fået din anmodning. Svaret står her og kommer på mail."))
            return redirect(shown)
    check_see_space(request.user, shown)
    return limited(door(request, shown, form, status=400), form)


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def leave(request, slug):
    shown = found_space(request.user, slug)
    check(request.user, Act.WRITE, shown)
    if request.method == "GET":
        return render(request, "network/leave.html", {"space": shown})
    try:
        verbs.leave(request.user, shown)
    except ValidationError as fault:
        return render(request, "network/leave.html", {"space": shown, "fault": fault.messages[0]}, status=409)
    messages.success(request, _("Du har forladt »%(space)s«.") % {"space": shown.name})
    return redirect("network")


@require_GET
@members_only
@with_door
def members(request, slug):
    shown = found_space(request.user, slug)
    check_read_space(request.user, shown)
    return _members(request, shown)


def _members(request, space, form=None, faults=(), status=200, answered=None):
    rows = Membership.objects.filter(space=space).select_related("user__profile__municipality")
    by_name = rows.order_by("user__name", "user__email")
    facilitators_first = sorted(by_name, key=lambda row: row.role != Membership.Role.FACILITATOR)
    context = {**around(request.user, space), "members": facilitators_first}
    if context["runs"]:
        waiting = space.requests.visible_to(request.user).waiting()
        requests = list(waiting.select_related("user__profile__municipality"))
        for asked in requests:
            asked.form = (
                answered if answered and answered.asked == asked.pk else AnswerForm(auto_id=f"svar-{asked.pk}-%s")
            )
        context |= {"requests": requests, "form": form or AddForm(), "faults": faults}
    return render(request, "network/members.html", context, status=status)


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def add(request, slug):
    shown = found_space(request.user, slug)
    check_run_space(request.user, shown)
    if request.method == "GET":
        return redirect("space-members", slug)
    form = AddForm(request.POST)
    if not form.is_valid():
        return _members(request, shown, form, status=400)
    done, faults, met = [], [], []
    for address in form.cleaned_data["addresses"]:
        try:
            make_member(request.user, address, space=shown)
            done.append(address)
        except TooMany as limit:
            faults += [f"{address}: {said}" for said in limit.messages]
            met.append(limit)
            break
        except ValidationError as fault:
            faults += [f"{address}: {said}" for said in fault.messages]
    if done:
        told = ngettext("%(number)s person er tilføjet.", "%(number)s personer er tilføjet.", len(done))
        messages.success(request, told % {"number": len(done)})
    if faults:
        return limited(_members(request, shown, form, faults, status=400), *met)
    return redirect("space-members", slug)


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def answer(request, slug, pk):
    shown = found_space(request.user, slug)
    check_run_space(request.user, shown)
    if request.method == "GET":
        return redirect("space-members", slug)
    requests = AccessRequest.objects.visible_to(request.user).select_related("user", "space")
    asked = get_object_or_404(requests, pk=pk, space=shown)
    form = AnswerForm(request.POST, auto_id=f"svar-{asked.pk}-%s")
    form.asked = asked.pk
    if form.is_valid():
        try:
            _answer(request, asked, form.cleaned_data["answer"])
        except ValidationError as fault:
            form.add_error("answer", fault.messages)
            if fault.code == "answered":
                messages.warning(request, fault.messages[0])
                return redirect("space-members", slug)
        else:
            return redirect("space-members", slug)
    return _members(request, shown, status=400, answered=form)


def _answer(request, asked, text):
    if "accept" in request.POST:
        verbs.accept(request.user, asked, text)
        messages.success(request, _("%(person)s er lukket ind.") % {"person": asked.user})
    else:
        verbs.refuse(request.user, asked, text)
        messages.success(request, _("Svaret er sendt til %(person)s.") % {"person": asked.user})


def _membership(space, pk):
    rows = Membership.objects.select_related("user__profile__municipality", "space")
    return get_object_or_404(rows, pk=pk, space=space)


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def remove(request, slug, pk):
    shown = found_space(request.user, slug)
    check_run_space(request.user, shown)
    membership = _membership(shown, pk)
    context = {"space": shown, "membership": membership}
    if request.method == "GET":
        return render(request, "network/remove.html", context)
    try:
        verbs.remove(request.user, membership)
    except ValidationError as fault:
        return render(request, "network/remove.html", {**context, "fault": fault.messages[0]}, status=409)
    messages.success(request, _("%(person)s er ikke længere med i rummet.") % {"person": membership.user})
    return redirect("space-members", slug)


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def role(request, slug, pk):
    shown = found_space(request.user, slug)
    check_run_space(request.user, shown)
    membership = _membership(shown, pk)
    form = RoleForm(request.POST)
    if request.method == "GET" or not form.is_valid():
        return redirect("space-members", slug)
    try:
        changed = verbs.give_role(request.user, membership, form.cleaned_data["role"])
    except ValidationError as fault:
        messages.error(request, fault.messages[0])
    else:
        words = {"person": changed.user, "role": changed.get_role_display()}
        messages.success(request, _("%(person)s er nu %(role)s.") % words)
    return redirect("space-members", slug)
