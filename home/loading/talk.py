"""The made-up spaces of the demo, who is in them, who asked to be, and what they say to each other."""

from datetime import timedelta
from functools import partial

from home.loading.people import moment
from network.discuss import edit_post, reply, start_thread
from network.join import accept, add, appoint, ask, join, refuse
from network.lead import choose_answer, write_status
from network.models import AccessRequest, Event, Membership, Post, Space, Thread
from network.permissions import can
from network.polls import make_poll, vote
from network.rule import Act
from network.tend import pin
from network.thank import thank
from taxonomy.models import Theme

OWNER = "ada"  # who manages spaces in the demo
UNREAD = timedelta(days=25)  # what was written since then is new to the made-up members


def load_space(fiction, row):
    owner = fiction.people[OWNER]
    if owner is None:
        return
    spaces = Space.objects.managed_by(owner)
    space = fiction.once(f"rum:{row['slug']}", spaces, lambda: _space(fiction, spaces, row))
    if space is None:
        return
    fiction.spaces[row["slug"]] = space
    for key in row["facilitators"]:
        _enter(fiction, space, key, row["days"], partial(appoint, owner))
    for member in row["members"]:
        let_in = _join if member["how"] == "join" else partial(_add, fiction.people[row["facilitators"][0]])
        _enter(fiction, space, member["who"], member["days"], let_in)
    for request in row["requests"]:
        _ask(fiction, space, request)


def _space(fiction, spaces, row):
    """Make the space, unless its place in the addresses is taken."""
    if spaces.filter(slug=row["slug"]).exists():
        return None
    space = Space(**{name: row[name] for name in ("slug", "name", "kind", "purpose")})
    space.theme = Theme.objects.filter(slug=row["theme"]).first()
    space.full_clean()
    space.save()
    spaces.filter(pk=space.pk).update(created_at=moment(fiction, row["days"], "08:00"))
    return space


def _enter(fiction, space, key, days, let_in):
    """Let a person in by `let_in(space, user)`, once: someone who left since is not let in again."""

    def enter():
        membership = let_in(space, user)
        return membership and _since(fiction, membership, moment(fiction, days, "08:10"))

    if user := fiction.people[key]:
        fiction.once(f"medlem:{space.slug}:{key}", Membership.objects, enter)


def _join(space, user):
    return join(user, space) if can(user, Act.JOIN, space) else None


def _add(facilitator, space, user):
    return add(facilitator, space, user) if can(facilitator, Act.RUN, space) else None


def _since(fiction, membership, when):
    read_until = max(when, fiction.now - UNREAD)
    Membership.objects.filter(pk=membership.pk).update(joined_at=when, read_until=read_until)
    _date_events(fiction, membership.space, when)
    return membership


def _date_events(fiction, space, when):
    """Date back what has been announced since the last time: only that is younger than the run."""
    Event.objects.filter(space=space, at__gte=fiction.now).update(at=when)


def _ask(fiction, space, row):
    user = fiction.people[row["who"]]
    if user and can(user, Act.ASK, space):
        key = f"anmodning:{space.slug}:{row['who']}"
        fiction.once(key, AccessRequest.objects.visible_to(user), lambda: _request(fiction, space, user, row))


def _request(fiction, space, user, row):
    request, asked_at = ask(user, space, row["reason"]), moment(fiction, row["days"], row["at"])
    own = AccessRequest.objects.visible_to(user).filter(pk=request.pk)
    own.update(asked_at=asked_at)
    _date_events(fiction, space, asked_at)
    facilitator = fiction.people[row["by"]] if row["by"] else None
    if can(facilitator, Act.RUN, space):
        answered_at = moment(fiction, row["answered"], row["answered_at"])
        _answer(fiction, facilitator, request, row, answered_at)
        own.update(answered_at=answered_at)
    return request


def _answer(fiction, facilitator, request, row, answered_at):
    if row["state"] == AccessRequest.State.ACCEPTED:
        _since(fiction, accept(facilitator, request, row["answer"]), answered_at)
    else:
        refuse(facilitator, request, row["answer"])
        _date_events(fiction, request.space, answered_at)


def load_thread(fiction, row):
    """Write a thread with all its posts, unless one of its writers is no longer in the space."""
    space = fiction.spaces.get(row["space"])
    writers = [fiction.people[post["by"]] for post in row["posts"]]
    if space and all(can(writer, Act.WRITE, space) for writer in set(writers)):
        threads = Thread.objects.visible_to(writers[0])
        fiction.once(f"traad:{row['slug']}", threads, lambda: _thread(fiction, space, row))


def _thread(fiction, space, row):
    question, *answers = row["posts"]
    author = fiction.people[question["by"]]
    thread = start_thread(author, space, row["title"], question["text"])
    asked_at = moment(fiction, question["days"], question["at"])
    own = Post.objects.visible_to(author).filter(thread=thread)
    own.update(created_at=asked_at)
    _date_events(fiction, space, asked_at)
    for answer in answers:
        _reply(fiction, thread, answer)
    _tend(fiction, thread, row)
    last = moment(fiction, row["posts"][-1]["days"], row["posts"][-1]["at"])
    Thread.objects.visible_to(author).filter(pk=thread.pk).update(created_at=asked_at, last_post_at=last)
    return thread


def _tend(fiction, thread, row):
    """Say thank you, choose the answer, write the status, fasten, and ask all: what the row of a thread holds."""
    people, author = fiction.people, thread.author
    posts = {post.number: post for post in Post.objects.visible_to(author).filter(thread=thread)}
    for post in posts.values():
        post.thread = thread
    for number, keys in row.get("thanks", {}).items():
        for key in keys:
            thank(people[key], posts[int(number)])
    if "answer" in row:
        choose_answer(author, posts[row["answer"]])
    if "pinned" in row:
        pin(people[row["pinned"]], thread)
    if status := row.get("status"):
        when = moment(fiction, status["days"], status["at"])
        write_status(people[status["by"]], thread, status["text"], 0)
        Thread.objects.visible_to(author).filter(pk=thread.pk).update(status_at=when)
    if asked := row.get("poll"):
        poll = make_poll(people[asked["by"]], thread, asked["question"], asked["choices"])
        for key, places in asked["votes"].items():
            vote(people[key], poll, places)
    _date_events(fiction, thread.space, moment(fiction, row["posts"][-1]["days"], row["posts"][-1]["at"]))


def _reply(fiction, thread, row):
    """Write one answer. One that was mended holds what it said at `first`, and how many minutes that stood."""
    author, when = fiction.people[row["by"]], moment(fiction, row["days"], row["at"])
    post = reply(author, thread, row.get("first", row["text"]))
    own = Post.objects.visible_to(author).filter(pk=post.pk)
    own.update(created_at=when)
    _date_events(fiction, thread.space, when)
    if "first" in row:
        mended_at = when + timedelta(minutes=row["edited_after"])
        edit_post(author, post, row["text"], post.version)
        own.update(edited_at=mended_at)
        _date_events(fiction, thread.space, mended_at)
