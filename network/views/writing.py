"""The composer: what is asked with a form beside sending it, one's drafts, and suggestions while one writes."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Case, Count, Q, When
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import limits
from content.cards import bare_cards
from content.listing import listed
from network import composing, drafts, pointing, quoting, references
from network.forms import DraftForm
from network.models import Draft, Municipality, Post, Space, Thread
from network.permissions import can, check_write_in_space, thread_for
from network.person import face_of
from network.readers import known_readers
from network.rule import Act
from network.views.door import found_space, members_only, with_door
from network.who_sees import Eyes

MOST, MOST_THREADS, MOST_PLACES = 7, 3, 2
LONGEST, LOOKED_AT = 60, 60
DRAFTS = 100


# --- what is asked with a form, beside sending it -------------------------------------------------------


def answer(request, composer, form, back):
    """Do what the form asks for other than to be sent.

    Return a response, True where the text is to be sent, or None where the page is to be shown again: with the
    preview, with what the writer is to see first, or with the draft that another device left.
    """
    if "kasser" in request.POST:
        return _thrown_away(request, composer, back)
    if "gem" in request.POST:
        return _kept(request, composer, form, back)
    composer.kept = _number(request.POST.get("draft_version"))
    text = form.cleaned_data["text"]
    try:
        if "vis" in request.POST:
            return _seen(request, composer, text)
        if "alligevel" not in request.POST and composer.ask_first(text):
            return None
    except ValidationError as fault:
        form.add_error("text", fault.messages)
        return render(request, "network/preview.html", {"form": form}, status=400) if _is_part(request) else None
    return True


def status_of(composer, form) -> int:
    """Return how a form that is shown again is answered."""
    if composer.stale:
        return 409
    return 200 if composer.preview and not form.errors else 400


def _is_part(request):
    return request.POST.get("vis") == "stykke"


def _seen(request, composer, text):
    composer.look(text)
    if _is_part(request):
        return render(request, "network/preview.html", {"composer": composer})
    return None


def _kept(request, composer, form, back):
    try:
        draft = drafts.save_draft(
            request.user,
            composer.place,
            form.cleaned_data.get("title", ""),
            form.cleaned_data["text"],
            version=_number(request.POST.get("draft_version")),
            base=form.cleaned_data.get("version"),
        )
    except drafts.StaleDraft as stale:
        composer.stale, composer.kept = stale.draft, stale.draft.version
        return None
    except ValidationError as fault:
        form.add_error("text", fault.messages)
        return None
    messages.success(request, composing.saved(draft) if draft else _("Der var ikke noget at gemme."))
    return redirect(back)


def _thrown_away(request, composer, back):
    if request.POST["kasser"] == "anden":
        drafts.forget_other(request.user, composer.place)
    else:
        drafts.sent(request.user, composer.place)
        messages.success(request, _("Kladden er smidt væk."))
    return redirect(back)


def _number(text):
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0


def begun_with(composer, text="") -> dict:
    """Return what stands in the fields of a form that is opened: the draft, else `text`."""
    draft = composer.draft
    if draft is None:
        return {"text": text}
    initial = {"title": draft.title, "text": draft.text}
    return initial | ({"version": draft.base} if draft.base else {})


def with_quote(request, thread, text):
    """Add the post that is to be answered with a quote, where the address asks for one."""
    number = _number(request.GET.get("svar"))
    if not number or request.GET.get("citat") != "1":
        return text
    posts = Post.objects.visible_to(request.user).select_related("author").filter(thread=thread, number=number)
    post = posts.first()
    if post is None:
        return text
    post.thread = thread
    said = quoting.quote(post)
    return text if said.strip() in text else "\n\n".join(part for part in (text.rstrip(), said) if part)


def about(request) -> str:
    """Return what a new thread is to be about, as the address says it (`om`), as a text points at it."""
    name, _dash, pk = request.GET.get("om", "").partition("-")
    what, pk = references.NAMES.get(name), _number(pk)
    shown = references.shown_to(request.user, [(what, pk)]) if what and pk else {}
    pointed = shown.get((what, pk))
    if pointed is None or not pointed.url:
        return ""
    if what == references.THREAD:
        return f"#{pointing.thread_form(pk)}\n\n"
    return f"#{pointed.title}\n\n"


# --- drafts -------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@members_only
@with_door
def own_drafts(request):
    """One's own drafts, wherever they were begun; POST saves one, for a script."""
    if request.method == "POST":
        return _saved(request)
    rows = Draft.objects.visible_to(request.user).order_by("-at", "-pk")[:DRAFTS]
    return render(request, "network/drafts.html", {"drafts": drafts.with_places(request.user, rows)})


def _saved(request):
    if refusal := _too_many(request, "draft"):
        return refusal
    form = DraftForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"told": _("Kladden er ikke gemt.")}, status=400)
    asked = form.cleaned_data
    space, thread, post = drafts.found_place(request.user, asked["place"])
    title, text = asked["title"], asked["text"]
    if post is None and thread is None and text.split() == space.first_words.split():
        text = ""
    if post is not None and text == post.source:
        text = ""
    try:
        draft = drafts.save_draft(
            request.user,
            asked["place"],
            title,
            text,
            version=asked["draft_version"] or 0,
            base=asked["version"] if post is not None else None,
            form_key=asked["form_key"],
            newer_wins=asked["leaving"],
        )
    except drafts.StaleDraft as stale:
        return JsonResponse(_other(stale.draft), status=409)
    except ValidationError as fault:
        return JsonResponse({"told": fault.messages[0]}, status=400)
    told = {"version": draft.version if draft else 0, "saved": composing.saved(draft) if draft else ""}
    return JsonResponse({**told, "notices": _notices(request.user, space, thread, text)})


def _other(draft):
    return {"version": draft.version, "title": draft.title, "text": draft.text, "saved": composing.saved(draft)}


def _notices(user, space, thread, text):
    if "@" not in text:
        return []
    try:
        return pointing.notices(pointing.write(user, space, text, thread), space)
    except ValidationError:
        return []


@require_POST
@members_only
def throw_away(request, pk):
    drafts.throw_away(request.user, pk)
    messages.success(request, _("Kladden er smidt væk."))
    return redirect("drafts")


# --- suggestions --------------------------------------------------------------------------------------


def _asked(request, slug):
    """Return (what is typed, the space), for someone who may write there."""
    space = found_space(request.user, slug)
    check_write_in_space(request.user, space)
    return " ".join(request.GET.get("q", "").replace("\0", "").split())[:LONGEST], space


@require_GET
@members_only
@with_door
def people(request, slug):
    """Suggest people who may read in the space, or the thread `traad`, whose name begins as `q` does."""
    if refusal := _too_many(request, "pointers"):
        return refusal
    typed, space = _asked(request, slug)
    thread = thread_for(request.user, _number(request.GET.get("traad"))) if request.GET.get("traad") else None
    if thread is not None and thread.space_id != space.pk:
        raise Http404
    readers = known_readers(request.user, space, thread).exclude(pk=request.user.pk)
    return JsonResponse({"rows": _people(readers, typed, Eyes(request.user)) if typed else []})


def _people(readers, typed, eyes):
    named = readers.filter(Q(name__istartswith=typed) | Q(name__icontains=f" {typed}")).exclude(name="")
    found = list(named.select_related("profile__municipality").order_by("name", "pk")[:MOST])
    names = readers.filter(name__in=[person.name for person in found]).values("name").order_by("name")
    shared = set(names.annotate(number=Count("pk")).filter(number__gt=1).values_list("name", flat=True))
    return [_person(face_of(eyes, person), person.name in shared) for person in found]


def _person(face, is_shared):
    name = face.user.name
    text = f"{name}, {face.place}" if is_shared and face.place else name
    about_her = ", ".join(part for part in (face.role, face.place) if part)
    return {"text": text, "label": about_her, "icon": "i-people"}


@require_GET
@members_only
@with_door
def things(request, slug):
    """Suggest what `q` may point at: methods, tools, projects, stories, municipalities, and threads one may read."""
    if refusal := _too_many(request, "pointers"):
        return refusal
    typed, space = _asked(request, slug)
    if not typed:
        return JsonResponse({"rows": []})
    threads, places = _threads(request.user, space, typed), _places(typed)
    pages = _pages(typed)[: MOST - len(threads) - len(places)]
    return JsonResponse({"rows": [*pages, *places, *threads]})


def _pages(typed):
    """Pages in whose title every word begins a word; those whose title begins so first."""
    words = pointing.folded_words(typed)
    pages = listed(*pointing.referable())
    for word in words:
        pages = pages.filter(find_text__contains=word)
    # The text for finding holds more than the title, so that of many pages the right ones must come first.
    in_title = Case(When(title__icontains=typed, then=0), default=1)
    cards = bare_cards(pages.order_by(in_title, "sort_key")[:LOOKED_AT])
    cards = [card for card in cards if card.url and pointing.begins_words(card.title, words)]
    cards.sort(key=lambda card: not card.title.lower().startswith(typed.lower()))
    titles = [card.title for card in cards]
    return [_page(card, titles.count(card.title) > 1) for card in cards]


def _page(card, is_shared):
    text = pointing.with_kind(card.title, card.kind_label) if is_shared else card.title
    return {"text": text, "label": str(card.kind_label), "icon": card.icon}


def _places(typed):
    places = Municipality.objects.naming(typed)[:MOST_PLACES]
    return [{"text": place.full_name, "label": _("Kommune"), "icon": "i-pin"} for place in places]


def _threads(user, space, typed):
    """The threads of this space first; the label says the title, since the text must not."""
    threads = Thread.objects.visible_to(user).select_related("space")
    for word in typed.split()[:5]:
        threads = threads.filter(title__icontains=word)
    found = list(threads.filter(space=space)[:MOST_THREADS])
    found += threads.exclude(space=space)[: MOST_THREADS - len(found)]
    return [
        {"text": pointing.thread_form(thread.pk), "shown": thread.title, "label": thread.space.name, "icon": "i-talk"}
        for thread in found
    ]


def _too_many(request, action):
    if limits.is_over(request, action):
        return limits.too_many(request, limits.waiting_time(request, action))
    limits.count(request, action)
    return None


# --- where a thing is spoken of ---------------------------------------------------------------------------


@require_GET
@members_only
def spoken_of(request, name, pk):
    """The threads that one may read in which a thing is spoken of."""
    what = references.NAMES.get(name)
    pointed = references.shown_to(request.user, [(what, pk)]).get((what, pk)) if what else None
    if pointed is None or not pointed.url:
        raise Http404
    threads = references.threads_about(request.user, what, pk)
    threads = list(threads.select_related("space__theme", "author__profile__municipality")[:DRAFTS])
    context = {"pointed": pointed, "threads": threads, "write_url": f"{reverse('write')}?om={name}-{pk}"}
    return render(request, "network/spoken_of.html", context)


@require_GET
@members_only
def write(request):
    """Choose the space in which to write about something (`om`)."""
    spaces = Space.objects.joined_by(request.user).with_standing_of(request.user).with_members()
    open_ones = [
        space for space in spaces.select_related("theme") if can(request.user, Act.WRITE, space) and space.has_threads
    ]
    subject = about(request).strip().removeprefix("#")
    context = {"spaces": open_ones, "subject": subject, "om": request.GET.get("om", "") if subject else ""}
    return render(request, "network/write.html", context)
