"""A thread, and writing in it."""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from network import composing, references
from network.discuss import StaleEdit, edit_post, reply, start_thread
from network.forms import EditForm, TextForm, ThreadForm
from network.models import FormerPlace, Post, Showing, Thread
from network.models.talk import POSTS_PER_PAGE
from network.page import FACES, posts_of
from network.permissions import (
    can_lead_thread,
    check_edit_post,
    check_read_space,
    check_write_in_space,
    standing,
    thread_for,
)
from network.polls import poll_for
from network.presence import note_seen
from network.reading import is_new_to, mark_read, new_above, opens_at
from network.rule import Act, Standing, may
from network.views import writing
from network.views.answering import answered_post
from network.views.door import found_space, members_only, with_door
from network.views.files import bring_files
from network.views.limited import limited
from network.views.surroundings import give_tools, surround
from network.views.uploads import Files, files_of, takes_files


def found_thread(user, slug, pk, beside=None) -> Thread:
    """Return a thread that `user` may read, with its space; else raise what the rule says, which names no thread.

    The thread may have been moved or merged: then its space is another than `slug`, or its number than `pk`, and the
    view leads on; `begins_at` is the number of the first post that was moved here from the thread that was asked for.
    `beside`: as in `permissions.thread_for`.
    """
    thread = thread_for(user, pk, FACES, "status_by", beside=beside) or _merged(user, pk, beside)
    if thread is None:
        check_read_space(user, found_space(user, slug))
        raise Http404
    return thread


def _merged(user, pk, beside):
    former = FormerPlace.objects.filter(thread_pk=pk, number=None).select_related("post")
    former = former.defer("post__source", "post__html").first()
    thread = thread_for(user, former.thread_id, FACES, "status_by", beside=beside) if former else None
    if thread is not None and former.post is not None and former.post.thread_id == thread.pk:
        thread.begins_at = former.post.number
    return thread


def found_place(user, slug, pk, number) -> tuple[Thread, int]:
    """Return the thread in which a post stands now, and its number there, for one who may read the thread."""
    former = FormerPlace.objects.filter(thread_pk=pk, number=number)
    if now := former.values_list("post__thread", "post__number").first():
        pk, number = now
    thread = found_thread(user, slug, pk)
    if thread.pk != pk or number > thread.last_number:
        raise Http404
    return thread, number


def found_post(user, slug, pk, number) -> Post:
    """Return a post of a thread that `user` may read, also one of which she sees no more than that it is gone."""
    thread, number = found_place(user, slug, pk, number)
    posts = Post.objects.in_thread(thread, user, standing(user, thread.space)).select_related("author")
    post = get_object_or_404(posts, number=number)
    post.thread = thread
    return post


@require_GET
@with_door
def thread(request, slug, pk, thread_slug):
    shown = found_thread(request.user, slug, pk, composing.beside_thread)
    if (slug, pk, thread_slug) != (shown.space.slug, shown.pk, shown.slug):
        begins_at = getattr(shown, "begins_at", None)
        return redirect(Post(thread=shown, number=begins_at).place if begins_at else shown)
    if number := request.GET.get("nr", ""):
        return redirect(_nearest(shown, number))
    if "side" not in request.GET and (number := opens_at(shown)) > POSTS_PER_PAGE:
        return redirect(_place_to_go_on(shown, number))
    note_seen(request.user, shown.space)
    return thread_page(request, shown, _number(request, shown))


def _nearest(thread, number):
    """The place of the post with the number that someone typed, or of the nearest there is."""
    if not (number.isascii() and number.isdigit()):
        return thread.get_absolute_url()
    return Post(thread=thread, number=max(1, min(int(number[:9]), thread.last_number))).place


def _place_to_go_on(thread, number):
    """A long thread opens where the reader left it; the line above what is new is called `nyt`."""
    place = Post(thread=thread, number=number).place
    return f"{place.partition('#')[0]}#nyt" if number > thread.own_read else place


@require_GET
@with_door
def post(request, slug, pk, thread_slug, number):
    """The address of a post that lasts: lead on to the page on which it stands."""
    shown, number = found_place(request.user, slug, pk, number)
    return redirect(Post(thread=shown, number=number).place)


def _number(request, thread):
    number = request.GET.get("side", "1")
    if not (number.isascii() and number.isdigit() and 1 <= int(number[:6]) <= _pages(thread)):
        raise Http404
    return int(number)


def _pages(thread):
    return max((thread.last_number + POSTS_PER_PAGE - 1) // POSTS_PER_PAGE, 1)


def thread_page(request, thread, number, form=None, status=200, composer=None, files=None):
    """A page of posts is a range of numbers, however long the thread is."""
    user, space = request.user, thread.space
    last = number * POSTS_PER_PAGE
    own = standing(user, space)
    may_write = may(Act.WRITE, space.kind, own, space.is_archived)
    posts = posts_of(user, thread, own, last - POSTS_PER_PAGE + 1, last, may_write)
    for shown in posts:
        shown.thread = thread
    fresh = [shown for shown in posts if is_new_to(user, thread, shown)]
    end = posts[-1].number if posts else 0
    give_tools(user, thread, posts)
    references.lay_on(user, posts)
    bring_files(user, posts, may_write, own is Standing.FACILITATOR)
    answered = answered_post(request, thread)
    composer = composing.fill_beside(composer or composing.for_reply(user, thread), posts, may_write)
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
        "first_new": fresh[0] if fresh and thread.own_read else None,
        "number_new": _number_new(user, thread, fresh, end),
        "goes_on": thread.own_read and thread.own_read < thread.last_number,
        "end": end,
        "poll": poll_for(user, thread) if number == 1 else None,
        "form": form or _reply_form(request, thread, composer),
        "composer": composer,
        "files": files or Files(user, space),
        "answered": answered,
        "answer_place": _answer_place(thread),
        "gaps_after": surround(user, thread, posts, (number - 1) * POSTS_PER_PAGE + 1, last),
        "leads": may_write and can_lead_thread(user, thread),
    }
    response = render(request, "network/thread.html", context, status=status)
    mark_read(user, thread, end)
    return response


def _number_new(user, thread, fresh, end):
    """How many posts are new, where the line above them stands on this page; beyond it they are counted."""
    return new_above(user, thread, thread.own_read) if fresh and end < thread.last_number else len(fresh)


def _reply_form(request, thread, composer):
    begun = writing.begun_with(composer)
    return TextForm(initial=begun | {"text": writing.with_quote(request, thread, begun["text"])})


def _answer_place(thread):
    """Where the answer that helped stands, from the top of the page; nothing where it is not shown to all."""
    found = thread.answer
    if found is None or found.state != Showing.VISIBLE:
        return ""
    return Post(thread=thread, number=found.number).place


@require_http_methods(["GET", "POST"])
@members_only
@takes_files
@with_door
def new(request, slug):
    shown = found_space(request.user, slug)
    check_write_in_space(request.user, shown)
    if not shown.has_threads:
        raise Http404
    composer = composing.for_new_thread(request.user, shown)
    if request.method == "GET":
        composing.fill(composer)
        form = ThreadForm(initial=writing.begun_with(composer, writing.about(request) + shown.first_words))
        return _new(request, shown, form, composer, Files(request.user, shown))
    form, files = ThreadForm(request.POST), files_of(request, shown)
    if form.is_valid() and not files.faults:
        done = writing.answer(request, composer, form, request.path)
        if done is not True:
            return done or _new(request, shown, form, composer, files, writing.status_of(composer, form))
        try:
            begun = start_thread(
                request.user,
                shown,
                form.cleaned_data["title"],
                form.cleaned_data["text"],
                form.cleaned_data["form_key"],
                files=files.ids,
            )
        except ValidationError as faults:
            form.add_error(None, faults)
        else:
            return redirect(begun)
    return _new(request, shown, form, composer, files, 400)


def _new(request, space, form, composer, files, status=200):
    context = {"space": space, "form": form, "composer": composing.fill(composer), "files": files}
    response = render(request, "network/thread_form.html", context, status=status)
    return limited(files.answer(response), form)


@require_http_methods(["GET", "POST"])
@members_only
@takes_files
@with_door
def answer(request, slug, pk, thread_slug):
    shown = found_thread(request.user, slug, pk, composing.beside_thread)
    if request.method == "GET":
        return redirect(shown)
    check_write_in_space(request.user, shown.space)
    composer = composing.for_reply(request.user, shown)
    form, files = TextForm(request.POST), files_of(request, shown.space)
    if form.is_valid() and not files.faults:
        done = writing.answer(request, composer, form, f"{shown.get_absolute_url()}#svar")
        if done is None:
            return thread_page(request, shown, _pages(shown), form, writing.status_of(composer, form), composer, files)
        if done is not True:
            return done
        text, key = form.cleaned_data["text"], form.cleaned_data["form_key"]
        try:
            post = _reply(request, slug, pk, shown, text, key, files)
        except ValidationError as faults:
            form.add_error("text", faults)
        else:
            return redirect(post.place)
    return limited(files.answer(thread_page(request, shown, _pages(shown), form, 400, composer, files)), form)


def _reply(request, slug, pk, thread, text, key, files):
    """Answer where the thread stands: it may be merged or moved in the moment between finding and locking it."""
    try:
        return reply(request.user, thread, text, key, answered_post(request, thread), files=files.ids)
    except Http404:
        thread = found_thread(request.user, slug, pk)
        return reply(request.user, thread, text, key, answered_post(request, thread), files=files.ids)


@require_http_methods(["GET", "POST"])
@members_only
@takes_files
@with_door
def edit(request, slug, pk, thread_slug, number):
    shown, number = found_place(request.user, slug, pk, number)
    posts = Post.objects.visible_to(request.user).select_related("thread__space")
    post = get_object_or_404(posts, thread=shown, number=number)
    check_edit_post(request.user, post)
    composer = composing.for_edit(request.user, post)
    if request.method == "GET":
        composing.fill(composer)
        form = EditForm(initial={"version": post.version} | writing.begun_with(composer, post.source))
        return _edit(request, post, form, composer, Files(request.user, shown.space, post))
    form, files = EditForm(request.POST), files_of(request, shown.space, post)
    if not form.is_valid() or files.faults:
        return files.answer(_edit(request, post, form, composer, files, status=400))
    done = writing.answer(request, composer, form, request.path)
    if done is not True:
        return done or _edit(request, post, form, composer, files, status=writing.status_of(composer, form))
    text, version = form.cleaned_data["text"], form.cleaned_data["version"]
    try:
        post = edit_post(request.user, post, text, version, files=files.ids, without=files.without)
    except ValidationError as faults:
        form.add_error("text", faults.messages)
        return _edit(request, post, form, composer, files, status=400)
    except StaleEdit as stale:
        form = _again(form, stale.post)
        return _edit(request, stale.post, form, composer, files, status=409, is_stale=True)
    return redirect(post.place)


def _again(form, post):
    """The same text once more, to be saved on top of what stands now if the writer still wants it."""
    return EditForm(initial={"text": form.cleaned_data["text"], "version": post.version})


def _edit(request, post, form, composer, files, status=200, is_stale=False):
    context = {
        "composer": composing.fill(composer),
        "space": post.thread.space,
        "thread": post.thread,
        "post": post,
        "form": form,
        "is_stale": is_stale,
        "files": files,
    }
    return render(request, "network/post_form.html", context, status=status)
