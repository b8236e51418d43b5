"""A space, its door, its members."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import F, Func, IntegerField, Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from network import join as verbs
from network.forms import AddForm, AnswerForm, AskForm, RoleForm
from network.limits import TooMany
from network.members import make_member
from network.models import AccessRequest, Attachment, Meeting, Membership, MembershipChange, Space
from network.notice_forms import LevelForm
from network.permissions import can, check, check_read_space, check_run_space, check_see_space
from network.presence import note_seen
from network.review import number_waiting
from network.room_forms import ReasonForm
from network.rule import Act, Standing
from network.thread_list import thread_list
from network.views.door import door, found_space, last_change, members_only, with_door
from network.views.limited import limited


@require_GET
@with_door
def space(request, slug):
    shown = found_space(request.user, slug)
    check_read_space(request.user, shown)
    note_seen(request.user, shown)
    context = around(request.user, shown)
    if shown.is_own:
        context["level_form"] = LevelForm(initial={"level": context["level"]}, space=shown.name)
    if shown.has_threads:
        context["list"] = thread_list(request.user, shown, request.GET)
    if shown.own_standing == Standing.INVITED:
        context["invitation"] = last_change(request.user, shown, MembershipChange.What.INVITED)
    return render(request, "network/space.html", context)


def around(user, space):
    """What every page of a space shows beside its own matter."""
    facilitators = Membership.objects.filter(space=space).who_may(Act.RUN)
    runs = can(user, Act.RUN, space)
    return {
        "space": space,
        "facilitators": [row.user for row in facilitators.select_related("user__profile__municipality")],
        "is_inside": space.is_own,
        "may_write": can(user, Act.WRITE, space),
        "may_join": can(user, Act.JOIN, space),
        "runs": runs,
        "lists_members": space.has_members or runs,
        "to_review": number_waiting(user, space) if runs else 0,
        **_numbers(user, space, runs),
    }


def _numbers(user, space, runs):
    """Count what the tabs and the facts of a space tell, in one query."""
    members = Membership.objects.filter(space=space.pk)
    counts = {"people": _counted(members), "places": _counted(members, "user__profile__municipality")}
    counts["level"] = Subquery(members.filter(user=user).values("level")[:1])
    if space.has_files:
        counts["number_of_files"] = _counted(Attachment.objects.visible_to(user).in_space(space.pk))
    if space.has_meetings:
        counts["number_of_meetings"] = _counted(Meeting.objects.visible_to(user).filter(space=space.pk).to_come())
    if runs:
        counts["waiting"] = _counted(AccessRequest.objects.visible_to(user).waiting().filter(space=space.pk))
    found = Space.objects.visible_to(user).filter(pk=space.pk).values(**counts).get()
    numbers = {"people": found.pop("people"), "places": found.pop("places")}
    return {"numbers": numbers, "waiting": 0, "number_of_files": 0, "number_of_meetings": 0, **found}


def _counted(rows, field="pk"):
    """Return how many different values of `field` there are in `rows`, to stand within another query."""
    number = Func(F(field), template="COUNT(DISTINCT %(expressions)s)", output_field=IntegerField())
    return Subquery(rows.order_by().annotate(n=number).values("n"))


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
    # Also out of an archive, in which nobody writes.
    check(request.user, Act.READ if shown.is_own else Act.WRITE, shown)
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
    if not shown.has_members and not can(request.user, Act.RUN, shown):
        raise Http404
    return _members(request, shown)


def _members(request, space, form=None, faults=(), status=200, answered=None):
    rows = Membership.objects.filter(space=space).select_related("user__profile__municipality")
    by_name = rows.order_by("user__name", "user__email")
    facilitators_first = sorted(by_name, key=lambda row: row.role != Membership.Role.FACILITATOR)
    context = {**around(request.user, space), "members": facilitators_first}
    if context["runs"]:
        requests = with_answers(request.user, space, answered)
        context |= {"requests": requests, "form": form or AddForm(), "faults": faults, **outside(space)}
    return render(request, "network/members.html", context, status=status)


def with_answers(user, space, answered=None):
    """Return the requests that wait, each with the `form` to answer it; `answered` is one that was not accepted."""
    waiting = space.requests.visible_to(user).waiting()
    requests = list(waiting.select_related("user__profile__municipality"))
    for asked in requests:
        is_answered = answered is not None and answered.asked == asked.pk
        asked.form = answered if is_answered else AnswerForm(auto_id=f"svar-{asked.pk}-%s")
    return requests


def outside(space):
    """Return those who have a row in `space` and are not in it: the `invited` and the `suspended`."""
    rows = Membership.anyone.filter(space=space).exclude(state=Membership.State.MEMBER)
    rows = list(rows.select_related("user__profile__municipality").order_by("user__name", "pk"))
    return {state: [row for row in rows if row.state == state] for state in ("invited", "suspended")}


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
                return _back(request, slug)
        else:
            return _back(request, slug)
    return _members(request, shown, status=400, answered=form)


def _back(request, slug):
    """Requests are answered on three pages: lead back to the one it was done on."""
    if request.POST.get("fra") == "beskeder":
        return redirect("notices")
    return redirect("space-facilitator" if request.POST.get("fra") == "facilitator" else "space-members", slug)


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
    form = ReasonForm(request.POST or None, hint=_("Bliver læst af den, du fjerner. Den kommer i en mail."))
    context = {"space": shown, "membership": membership, "form": form}
    if request.method == "GET":
        return render(request, "network/remove.html", context)
    try:
        verbs.remove(request.user, membership, form.data.get("why", ""))
    except ValidationError as fault:
        if fault.code == "long":
            form.add_error("why", fault.messages)
            return render(request, "network/remove.html", context, status=400)
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
