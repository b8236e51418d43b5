"""What is done to a post: thanks, the answer marked, taken away, put back, and what it said before."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from network.forms import WhyForm
from network.history import Comparison
from network.lead import choose_answer, take_answer_back
from network.models import Post, PostVersion, Showing
from network.models.talk import POSTS_PER_PAGE
from network.permissions import check_lead_thread, check_read_space, check_remove_post, check_write_in_space
from network.remove import put_back, remove_post
from network.thank import take_thanks_back, thank
from network.views.door import found_space, members_only, with_door
from network.views.talk import found_place, found_post, thread_page

VERSIONS_PER_PAGE = 10


def _with_fault(request, post, fault):
    """The page on which the post stands, with a sentence why nothing was done."""
    messages.error(request, fault.messages[0])
    return thread_page(request, post.thread, (post.number - 1) // POSTS_PER_PAGE + 1, status=409)


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def say_thanks(request, slug, pk, thread_slug, number):
    """Say thank you (`on` is 1) or take it back: a script is told how many have, a form leads back to the post."""
    post = found_post(request.user, slug, pk, number)
    if request.method == "GET":
        return redirect(post.place)
    is_on = request.POST.get("on") == "1"
    is_script = "application/json" in request.headers.get("Accept", "")
    try:
        number = (thank if is_on else take_thanks_back)(request.user, post)
    except ValidationError as fault:
        if is_script:
            return JsonResponse({"fault": fault.messages[0]}, status=409)
        return _with_fault(request, post, fault)
    return JsonResponse({"number": number, "on": is_on}) if is_script else redirect(post.place)


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def answer(request, slug, pk, thread_slug, number):
    """Mark the post as the answer (`on` is 1), or take the mark away."""
    post = found_post(request.user, slug, pk, number)
    check_lead_thread(request.user, post.thread)
    if request.method == "GET":
        return redirect(post.place)
    try:
        if request.POST.get("on") == "1":
            choose_answer(request.user, post)
        elif post.thread.answer_id == post.pk:
            take_answer_back(request.user, post.thread)
    except ValidationError as fault:
        return _with_fault(request, post, fault)
    return redirect(post.place)


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def remove(request, slug, pk, thread_slug, number):
    post = found_post(request.user, slug, pk, number)
    if post.state == Showing.REMOVED:
        check_write_in_space(request.user, post.thread.space)
        return redirect(post.place)
    check_remove_post(request.user, post)
    form = WhyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            removed = remove_post(request.user, post, form.cleaned_data["why"])
        except ValidationError as fault:
            form.add_error("why", fault.messages)
        else:
            return _after_removal(request, removed)
    context = {"space": post.thread.space, "thread": post.thread, "post": post, "form": form}
    return render(request, "network/post_remove.html", context, status=400 if form.is_bound else 200)


def _after_removal(request, post):
    if post.thread.state == Showing.REMOVED:
        messages.success(request, _("Tråden er fjernet. Du kan sætte den tilbage i 30 dage."))
        return redirect("space-removed", post.thread.space.slug)
    messages.success(request, _("Indlægget er fjernet. Du kan sætte det tilbage i 30 dage."))
    return redirect(post.place)


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def restore(request, slug, pk, thread_slug, number):
    """Put a removed post back. Its thread may have gone with it: then nobody is led to it before it is there again."""
    removed = Post.objects.restorable_by(request.user).select_related("thread__space", "author")
    post = removed.filter(thread=pk, number=number, thread__space__slug=slug).first()
    if post is None:
        shown, number = found_place(request.user, slug, pk, number)
        check_write_in_space(request.user, shown.space)
        return redirect(Post(thread=shown, number=number).place)
    if request.method == "GET":
        return redirect("space-removed", slug)
    put_back(request.user, post)
    messages.success(request, _("Indlægget er sat tilbage."))
    return redirect(post.place)


@require_GET
@members_only
@with_door
def removed(request, slug):
    """What the reader may put back in a space: what she took away herself, and for facilitators what they removed."""
    space = found_space(request.user, slug)
    check_read_space(request.user, space)
    posts = Post.objects.restorable_by(request.user).filter(thread__space=space)
    posts = posts.defer("source", "html").select_related("thread__space", "state_by").order_by("-state_at", "-pk")
    return render(request, "network/space_removed.html", {"space": space, "posts": posts[:100]})


@require_GET
@with_door
def history(request, slug, pk, thread_slug, number):
    """What a post said before, newest first, each with what was changed: for those who may read it."""
    shown, number = found_place(request.user, slug, pk, number)
    posts = Post.objects.visible_to(request.user).select_related("author__profile__municipality")
    post = get_object_or_404(posts, thread=shown, number=number)
    post.thread = shown
    page, last = _page(request, post)
    context = {
        "space": shown.space,
        "thread": shown,
        "post": post,
        "versions": _versions(request.user, post, page),
        "next": page + 1 if page < last else None,
        "previous": page - 1 if page > 1 else None,
    }
    return render(request, "network/post_history.html", context)


def _page(request, post):
    asked, last = request.GET.get("side", "1"), (post.version - 1) // VERSIONS_PER_PAGE + 1
    if not (asked.isascii() and asked.isdigit() and 1 <= int(asked[:6]) <= last):
        raise Http404
    return int(asked), last


def _versions(user, post, page):
    """The versions of a page, each compared with the one before it; the first says all there was."""
    newest = post.version - (page - 1) * VERSIONS_PER_PAGE
    earlier = PostVersion.objects.visible_to(user).filter(
        post=post, version__lte=newest, version__gte=newest - VERSIONS_PER_PAGE
    )
    found = [(row.version, row.source, row.written_at) for row in earlier]
    if page == 1:
        found.insert(0, (post.version, post.source, post.edited_at or post.created_at))
    comparison, before = Comparison(), [*found[1:], None]
    return [
        {
            "version": version,
            "at": at,
            "pieces": comparison.pieces(earlier[1] if earlier else "", source) if earlier else None,
            "source": source,
        }
        for (version, source, at), earlier in list(zip(found, before, strict=True))[:VERSIONS_PER_PAGE]
    ]
