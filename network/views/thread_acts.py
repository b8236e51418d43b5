"""What is done to a thread: status, fastened, closed, moved, merged, split. What is hard to undo is asked first."""

import re

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from network import tend
from network.forms import CloseForm, SplitForm, StatusForm
from network.lead import StaleStatus, write_status
from network.merge import merge_threads
from network.models import Post, Showing, Space, Thread
from network.models.rooms import allowed
from network.models.talk import POSTS_PER_PAGE
from network.move import move_thread
from network.permissions import check_lead_thread, check_run_space, thread_for
from network.rule import Act
from network.sight import sight_in, sight_with
from network.split import split_thread
from network.views.door import members_only, with_door
from network.views.talk import found_thread

THREADS_OFFERED = 20


def _run_thread(user, slug, pk):
    thread = found_thread(user, slug, pk)
    check_run_space(user, thread.space)
    return thread


# --- status -------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def status(request, slug, pk, thread_slug):
    thread = found_thread(request.user, slug, pk)
    check_lead_thread(request.user, thread)
    if request.method == "GET":
        form = StatusForm(initial={"text": thread.status_source, "version": thread.status_version})
        return _status(request, thread, form)
    form = StatusForm(request.POST)
    if not form.is_valid():
        return _status(request, thread, form, status=400)
    try:
        write_status(request.user, thread, form.cleaned_data["text"], form.cleaned_data["version"])
    except ValidationError as faults:
        form.add_error("text", faults.messages)
        return _status(request, thread, form, status=400)
    except StaleStatus as stale:
        form = StatusForm(initial={"text": form.cleaned_data["text"], "version": stale.thread.status_version})
        return _status(request, stale.thread, form, status=409, is_stale=True)
    return redirect(thread)


def _status(request, thread, form, status=200, is_stale=False):
    context = {"space": thread.space, "thread": thread, "form": form, "is_stale": is_stale}
    return render(request, "network/thread_status.html", context, status=status)


# --- tending ------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def pin(request, slug, pk, thread_slug):
    """Fasten a thread (`on` is 1), or loosen it."""
    thread = _run_thread(request.user, slug, pk)
    if request.method == "POST":
        is_on = request.POST.get("on") == "1"
        (tend.pin if is_on else tend.unpin)(request.user, thread)
        said = _("Tråden står nu øverst i rummet.") if is_on else _("Tråden står ikke længere øverst.")
        messages.success(request, said)
    return redirect(thread)


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def close(request, slug, pk, thread_slug):
    thread = _run_thread(request.user, slug, pk)
    form = CloseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            tend.close(request.user, thread, form.cleaned_data["why"])
        except ValidationError as fault:
            form.add_error("why", fault.messages)
        else:
            messages.success(request, _("Tråden er lukket."))
            return redirect(thread)
    context = {"space": thread.space, "thread": thread, "form": form}
    return render(request, "network/thread_close.html", context, status=400 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def reopen(request, slug, pk, thread_slug):
    thread = _run_thread(request.user, slug, pk)
    if request.method == "POST":
        tend.reopen(request.user, thread)
        messages.success(request, _("Tråden er åben igen."))
    return redirect(thread)


# --- move ---------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def move(request, slug, pk, thread_slug):
    """Choose a space (`til`), read who gains and who loses sight, and move."""
    thread = found_thread(request.user, slug, pk)
    wanted = request.POST.get("til") or request.GET.get("til") or ""
    if request.method == "POST" and wanted == thread.space.slug:
        return redirect(thread)  # pressed twice
    check_run_space(request.user, thread.space)
    spaces = Space.objects.visible_to(request.user).filter(allowed(request.user, Act.WRITE), has_threads=True)
    spaces = spaces.exclude(pk=thread.space_id)
    if not wanted:
        return _move(request, thread, spaces=list(spaces))
    space = spaces.with_standing_of(request.user).filter(slug=wanted).first()
    if space is None:
        raise Http404
    sight = sight_in(thread, space)
    if request.method == "GET":
        return _move(request, thread, to=space, sight=sight)
    if (request.POST.get("faar"), request.POST.get("mister")) != (str(sight.gain), str(sight.lose)):
        return _move(request, thread, 409, to=space, sight=sight, has_changed=True)
    try:
        move_thread(request.user, thread, space)
    except ValidationError as fault:
        return _move(request, thread, 409, to=space, sight=sight, fault=fault.messages[0])
    messages.success(request, _("Tråden står nu i »%(space)s«.") % {"space": space.name})
    return redirect(thread)


def _move(request, thread, status=200, **context):
    context |= {"space": thread.space, "thread": thread}
    return render(request, "network/thread_move.html", context, status=status)


# --- merge --------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def merge(request, slug, pk, thread_slug):
    """Find the thread of the space into which this one goes (`q`, then `med`), read what happens, and merge."""
    thread = found_thread(request.user, slug, pk)
    check_run_space(request.user, thread.space)
    if thread.pk != pk:
        return redirect(thread)  # pressed twice: it is merged already
    wanted = request.POST.get("med") or request.GET.get("med") or ""
    if not wanted:
        return _merge(request, thread, found=_threads_to_choose(request, thread), q=request.GET.get("q", ""))
    into = thread_for(request.user, int(wanted)) if wanted.isascii() and wanted.isdigit() else None
    if into is None or into.space_id != thread.space_id or into.pk == thread.pk:
        raise Http404
    sight = sight_with(thread, into)
    if request.method == "GET":
        return _merge(request, thread, into=into, sight=sight)
    try:
        merge_threads(request.user, thread, into)
    except ValidationError as fault:
        return _merge(request, thread, 409, into=into, sight=sight, fault=fault.messages[0])
    messages.success(request, _("Trådene er samlet."))
    return redirect("thread", slug, pk, thread_slug)


def _threads_to_choose(request, thread):
    """The threads whose titles hold the words, newest first; or the one whose address was put into the field."""
    threads = Thread.objects.visible_to(request.user).filter(space=thread.space_id, state=Showing.VISIBLE)
    threads = threads.exclude(pk=thread.pk).select_related("space", "author")
    words = request.GET.get("q", "")[:200]
    if address := re.search(r"/(\d{1,15})-[-\w]+/", words):
        return list(threads.filter(pk=int(address[1])))
    for word in words.split()[:8]:
        threads = threads.filter(title__icontains=word)
    return list(threads[:THREADS_OFFERED])


def _merge(request, thread, status=200, **context):
    context |= {"space": thread.space, "thread": thread}
    return render(request, "network/thread_merge.html", context, status=status)


# --- split --------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def split(request, slug, pk, thread_slug):
    """Choose posts page by page (`side`), give the new thread a title, and split."""
    thread = _run_thread(request.user, slug, pk)
    given = request.POST if request.method == "POST" else request.GET
    chosen = set(_numbers(given.getlist("numbers")))
    if request.method == "GET" or "side" in given:
        return _split(request, thread, SplitForm(initial={"title": given.get("title", "")}), chosen)
    form = SplitForm(given)
    if form.is_valid():
        try:
            made = split_thread(request.user, thread, chosen, form.cleaned_data["title"])
        except ValidationError as faults:
            for name, said in faults.message_dict.items():
                form.add_error(name if name in form.fields else None, said)
        else:
            messages.success(request, _("Indlæggene står nu i en tråd for sig."))
            return redirect(made)
    return _split(request, thread, form, chosen, status=400)


def _numbers(values):
    return [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 10]


def _split(request, thread, form, chosen, status=200):
    asked = request.POST.get("side") or request.GET.get("side") or "1"
    pages = (thread.last_number - 1) // POSTS_PER_PAGE + 1
    if not (asked.isascii() and asked.isdigit() and 1 <= int(asked[:6]) <= pages):
        raise Http404
    page = int(asked)
    first, last = (page - 1) * POSTS_PER_PAGE + 1, page * POSTS_PER_PAGE
    posts = Post.objects.visible_to(request.user).filter(thread=thread.pk, state=Showing.VISIBLE, number__gt=1)
    posts = list(posts.filter(number__gte=first, number__lte=last).select_related("author__profile__municipality"))
    for post in posts:
        post.is_chosen = post.number in chosen
    context = {
        "space": thread.space,
        "thread": thread,
        "form": form,
        "posts": posts,
        "page": page,
        "elsewhere": sorted(number for number in chosen if not first <= number <= last),
        "next": page + 1 if page < pages else None,
        "previous": page - 1 if page > 1 else None,
    }
    return render(request, "network/thread_split.html", context, status=status)
