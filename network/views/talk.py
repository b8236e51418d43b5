"""A thread, and writing in it."""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from network.discuss import StaleEdit, edit_post, reply, start_thread
from network.forms import EditForm, TextForm, ThreadForm
from network.models import Post, Thread
from network.models.talk import POSTS_PER_PAGE
from network.permissions import (
    check_edit_post,
    check_read_space,
    check_write_in_space,
    is_own,
    standing,
    thread_for,
)
from network.presence import note_seen
from network.rule import Act, Standing, may
from network.views.door import found_space, members_only, with_door

FACES = "author__profile__municipality"


def found_thread(user, slug, pk) -> Thread:
    """Return a thread that `user` may read, with its space; else raise what the rule says, which names no thread.

    The thread may have been moved: then its space is another than `slug`, and the view leads on.
    """
    thread = thread_for(user, pk, FACES, "status_by")
    if thread is None:
        check_read_space(user, found_space(user, slug))
        raise Http404
    return thread


@require_GET
@with_door
def thread(request, slug, pk, thread_slug):
    shown = found_thread(request.user, slug, pk)
    if (slug, thread_slug) != (shown.space.slug, shown.slug):
        return redirect(shown)
    note_seen(request.user, shown.space)
    return _thread(request, shown, _number(request, shown))


@require_GET
@with_door
def post(request, slug, pk, thread_slug, number):
    """The address of a post that lasts: lead on to the page on which it stands."""
    shown = found_thread(request.user, slug, pk)
    if number > shown.last_number:
        raise Http404
    return redirect(Post(thread=shown, number=number).place)


def _number(request, thread):
    number = request.GET.get("side", "1")
    if not (number.isascii() and number.isdigit() and 1 <= int(number[:6]) <= _pages(thread)):
        raise Http404
    return int(number)


def _pages(thread):
    return max((thread.last_number + POSTS_PER_PAGE - 1) // POSTS_PER_PAGE, 1)


def _thread(request, thread, number, form=None, status=200):
    """A page of posts is a range of numbers, however long the thread is."""
    user, space = request.user, thread.space
    last = number * POSTS_PER_PAGE
    own = standing(user, space)
    posts = Post.objects.in_thread(thread, user, own).filter(number__gt=last - POSTS_PER_PAGE, number__lte=last)
    may_write = may(Act.WRITE, space.kind, own, space.is_archived)
    posts = list(posts.select_related(FACES))
    for shown in posts:
        shown.thread = thread
        shown.is_own = may_write and is_own(user, shown)
    context = {
        "space": space,
        "thread": thread,
        "posts": posts,
        "number": number,
        "pages": range(1, _pages(thread) + 1),
        "next": number + 1 if number < _pages(thread) else None,
        "previous": number - 1 if number > 1 else None,
        "may_write": may_write,
        "may_reply": may_write and (not thread.is_closed or own is Standing.FACILITATOR),
        "may_join": may(Act.JOIN, space.kind, own, space.is_archived),
        "runs": own is Standing.FACILITATOR,
        "form": form or TextForm(),
    }
    return render(request, "network/thread.html", context, status=status)


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def new(request, slug):
    shown = found_space(request.user, slug)
    check_write_in_space(request.user, shown)
    if not shown.has_threads:
        raise Http404
    form = ThreadForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            begun = start_thread(
                request.user,
                shown,
                form.cleaned_data["title"],
                form.cleaned_data["text"],
                form.cleaned_data["form_key"],
            )
        except ValidationError as faults:
            form.add_error(None, faults)
        else:
            return redirect(begun)
    status = 400 if form.is_bound else 200
    return render(request, "network/thread_form.html", {"space": shown, "form": form}, status=status)


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def answer(request, slug, pk, thread_slug):
    shown = found_thread(request.user, slug, pk)
    if request.method == "GET":
        return redirect(shown)
    check_write_in_space(request.user, shown.space)
    form = TextForm(request.POST)
    if form.is_valid():
        try:
            post = reply(request.user, shown, form.cleaned_data["text"], form.cleaned_data["form_key"])
        except ValidationError as faults:
            form.add_error("text", faults.messages)
        else:
            return redirect(post.place)
    return _thread(request, shown, _pages(shown), form, status=400)


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def edit(request, slug, pk, thread_slug, number):
    shown = found_thread(request.user, slug, pk)
    posts = Post.objects.visible_to(request.user).select_related("thread__space")
    post = get_object_or_404(posts, thread=shown, number=number)
    check_edit_post(request.user, post)
    if request.method == "GET":
        form = EditForm(initial={"text": post.source, "version": post.version})
        return _edit(request, post, form)
    form = EditForm(request.POST)
    if not form.is_valid():
        return _edit(request, post, form, status=400)
    try:
        post = edit_post(request.user, post, form.cleaned_data["text"], form.cleaned_data["version"])
    except ValidationError as faults:
        form.add_error("text", faults.messages)
        return _edit(request, post, form, status=400)
    except StaleEdit as stale:
        return _edit(request, stale.post, _again(form, stale.post), status=409, is_stale=True)
    return redirect(post.place)


def _again(form, post):
    """The same text once more, to be saved on top of what stands now if the writer still wants it."""
    return EditForm(initial={"text": form.cleaned_data["text"], "version": post.version})


def _edit(request, post, form, status=200, is_stale=False):
    context = {
        "space": post.thread.space,
        "thread": post.thread,
        "post": post,
        "form": form,
        "is_stale": is_stale,
    }
    return render(request, "network/post_form.html", context, status=status)
