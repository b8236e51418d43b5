"""A thread, and writing in it."""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from network.discuss import StaleEdit, edit_post, reply, start_thread
from network.forms import EditForm, TextForm, ThreadForm
from network.models import Post, Thread
from network.models.talk import POSTS_PER_PAGE
from network.permissions import check_edit_post, check_read_space, check_write_in_space, standing
from network.rule import Act, may
from network.views.door import found_space, members_only, with_door

FACES = "author__profile__municipality"


def found_thread(user, slug, pk) -> Thread:
    """Return a thread that `user` may read, with its space; else raise what the rule says, which names no thread."""
    threads = Thread.objects.visible_to(user).with_role_of(user).select_related("space__theme", FACES)
    thread = threads.filter(pk=pk, space__slug=slug).first()
    if thread is None:
        check_read_space(user, found_space(user, slug))
        raise Http404
    thread.space.own_role = thread.own_role
    return thread


@require_GET
@with_door
def thread(request, slug, pk, thread_slug):
    shown = found_thread(request.user, slug, pk)
    if thread_slug != shown.slug:
        return redirect(shown)
    return _thread(request, shown, _number(request, shown))


def _number(request, thread):
    number = request.GET.get("side", "1")
    if not (number.isascii() and number.isdigit() and 1 <= int(number[:6]) <= _pages(thread)):
        raise Http404
    return int(number)


def _pages(thread):
    return max((thread.number_of_posts + POSTS_PER_PAGE - 1) // POSTS_PER_PAGE, 1)


def _thread(request, thread, number, form=None, status=200):
    """Posts are numbered without holes, so a page of them is a range, however long the thread is."""
    last = number * POSTS_PER_PAGE
    posts = thread.posts.visible_to(request.user).filter(number__gt=last - POSTS_PER_PAGE, number__lte=last)
    own = standing(request.user, thread.space)
    may_write = may(Act.WRITE, thread.space.kind, own)
    posts = list(posts.select_related(FACES))
    for post in posts:
        post.thread = thread
        post.is_own = may_write and post.author_id == request.user.pk
    context = {
        "space": thread.space,
        "thread": thread,
        "posts": posts,
        "number": number,
        "pages": range(1, _pages(thread) + 1),
        "next": number + 1 if number < _pages(thread) else None,
        "previous": number - 1 if number > 1 else None,
        "may_write": may_write,
        "may_join": may(Act.JOIN, thread.space.kind, own),
        "people": len({post.author_id for post in posts if post.author_id}),
        "form": form or TextForm(),
    }
    return render(request, "network/thread.html", context, status=status)


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def new(request, slug):
    shown = found_space(request.user, slug)
    check_write_in_space(request.user, shown)
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
            return redirect(post)
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
    return redirect(post)


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
