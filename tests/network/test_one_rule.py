"""The rule who may read is written once: nobody fetches spaces, threads, posts or requests past it."""

import ast
import re

import pytest
from django.conf import settings

from network.rule import TABLE, Act, Kind, Standing, may

ROOT = settings.ROOT
GUARDED = {
    "AccessRequest",
    "Announcement",
    "Attachment",
    "AttachmentVersion",
    "Draft",
    "IncomingMail",
    "Handover",
    "Mention",
    "ModerationAct",
    "Notice",
    "Meeting",
    "Outcome",
    "Poll",
    "Post",
    "PostVersion",
    "Question",
    "Reference",
    "Report",
    "Seat",
    "Space",
    "Thanks",
    "Thread",
}
# Each begins at the rule – but the last three, which show nothing: rows are made, or one is locked. `in_thread` asks
# for a thread that the reader was let into, and for her standing.
ROADS = {
    "visible_to",
    "readable_by",
    "run_by",
    "joined_by",
    "managed_by",
    "restorable_by",
    "actions_of",
    "in_thread",
    "create",
    "bulk_create",
    "select_for_update",
}
RELATIONS = {
    "access_requests",
    "attachments",
    "mentions",
    "moderation_acts",
    "posts",
    "references",
    "reports",
    "requests",
    "thanks",
    "threads",
    "versions",
}
FORBIDDEN_NAMES = {"_default_manager", "_base_manager"}
# Entries of the index are made without anyone asking for them: there is nobody to ask the rule for. They stand under
# the token of their space, which is asked at each search (tests/search/test_faces.py). Their cards keep to the rule.
WITHOUT_A_READER = {
    "network/finding.py": {"after", "entries", "space_changes", "touch_spaces", "touch_threads"},
    # What nobody can put back any more is wiped, at night.
    "network/clear.py": {"_next_batch", "_clear", "_clear_mail", "_clear_threads", "_clear_files"},
    # Asked of one thing: the thread is fetched with the reader's standing, and given to none but who may read it.
    "network/permissions.py": {"_thread"},
    # A number, within a query for threads that the rule let through.
    "network/reading.py": {"with_unread_of"},
    # Files, too, go to the index; they are scanned, read and swept while nobody asks; what they take up is a sum.
    "network/file_finding.py": {"after", "entries", "touch_files", "space_changes"},
    "network/file_keeping.py": {"scan_waiting", "_scanned", "read_unread", "sweep", "_sweep_disk", "missing"},
    "network/models/files.py": {"bytes_in"},
    # An action is due whoever asks: its letter asks the rule of its owner when it is sent.
    "network/meeting_letters.py": {"remind_of_actions", "_remind"},
    # Who may have an action that is due: a number of ids, whose rule is asked when the mail is written.
    "network/due_actions.py": {"waits_for"},
    # Entries of the index, as those of threads.
    "network/meeting_finding.py": {"after", "entries", "_said_at", "_meetings_of"},
    # Notices are written, counted and counted as read of whoever they are for; what they say is asked by `shown_to`.
    "network/notices.py": {"waits_in", "_owe_mail", "mark_read", "settle", "sweep"},
    "network/announce.py": {"_audience"},
    # For whom there may be something: what it is is asked when the mail is sent.
    "network/digest.py": {"_with_news"},
    "network/meeting_notices.py": {"_meeting_of", "_known", "_among_the_concerned"},
    # Read for many readers at once: who of them may read is asked of `readers_of` (test_digest_reading.py).
    "network/digest_reading.py": {"_bring_notices", "_bring_news", "_told", "_written", "_bring_posts"},
    "network/bell.py": {"with_bell"},
    "network/told.py": {"_audience", "_door_was_answered"},
    # Who is erased is taken out of the texts of others: nobody asks, and nothing is shown.
    "network/erase.py": {"_take_out_of_texts", "_cut_out"},
    # What the rule itself is made of.
    "network/models/rooms.py": {"admits"},
}
PACKAGES = ["accounts", "cases", "config", "content", "home", "methods", "network", "search", "taxonomy"]


def sources():
    for name in PACKAGES:
        for place in (ROOT / name, ROOT / "site" / name):
            yield from (path for path in sorted(place.rglob("*.py")) if "migrations" not in path.parts)


def parents_of(tree):
    return {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}


def next_word(node, parents):
    """The attribute asked of `node`: `visible_to` in `Space.objects.visible_to(…)`."""
    above = parents.get(node)
    return above.attr if isinstance(above, ast.Attribute) and above.value is node else ""


def is_within(node, names, parents):
    """Does `node` stand in a function of one of `names`?"""
    while node := parents.get(node):
        if isinstance(node, ast.FunctionDef) and node.name in names:
            return True
    return False


def past_the_rule(text, allowed=()):
    """Return the lines of `text` that fetch a guarded thing on another road, outside the functions `allowed`."""
    tree = ast.parse(text)
    parents = parents_of(tree)
    guarded = "network" in text
    found = []
    for node in ast.walk(tree):
        if allowed and is_within(node, allowed, parents):
            continue
        if isinstance(node, ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else getattr(node.value, "attr", "")
            if owner in GUARDED and (node.attr in FORBIDDEN_NAMES or node.attr == "objects"):
                if next_word(node, parents) not in ROADS or node.attr != "objects":
                    found.append(node.lineno)
            elif guarded and node.attr in RELATIONS and next_word(node, parents) != "visible_to":
                found.append(node.lineno)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"get_object_or_404", "get_list_or_404"}:
            found += [node.lineno for argument in node.args[:1] if getattr(argument, "id", "") in GUARDED]
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "get_model":
            names = {argument.value for argument in node.args if isinstance(argument, ast.Constant)}
            if names & GUARDED or any(str(name).split(".")[-1] in GUARDED for name in names):
                found.append(node.lineno)
    return sorted(set(found))


def test_nothing_fetches_spaces_threads_posts_or_requests_past_the_rule():
    found = {}
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        if lines := past_the_rule(path.read_text(encoding="utf-8"), WITHOUT_A_READER.get(name, ())):
            found[name] = lines
    assert not found


def test_only_the_making_of_entries_goes_past_the_rule_and_cards_do_not():
    for name, allowed in WITHOUT_A_READER.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        assert past_the_rule(text)
        assert not past_the_rule(text, allowed)
    text = (ROOT / "network/finding.py").read_text(encoding="utf-8")
    broken = text.replace("Thread.objects.visible_to(user)", "Thread.objects")
    assert broken != text
    assert past_the_rule(broken, WITHOUT_A_READER["network/finding.py"])


def test_no_template_walks_from_a_space_to_what_is_said_in_it():
    walk = re.compile(r"\.(?:threads|posts|requests|access_requests|thread_set|post_set|events)\b")
    found = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "templates").rglob("*.*"))
        if walk.search(path.read_text(encoding="utf-8"))
    ]
    assert not found


@pytest.mark.parametrize(
    ("text", "is_fault"),
    [
        ("from network.models import Space\nSpace.objects.visible_to(user).get(slug=slug)", False),
        ("from network.models import Space\nSpace.objects.get(slug=slug)", True),
        ("from network.models import Thread\nThread.objects.filter(pk=1)", True),
        ("from network import models\nmodels.Post.objects.all()", True),
        ("from network.models import Post\nPost._default_manager.visible_to(user)", True),
        ("from network.models import Space\nspaces = Space.objects", True),
        ("import network\nspace.threads.all()", True),
        ("import network\nspace.threads.visible_to(user).all()", False),
        ("import network\nfor post in thread.posts.order_by('pk'): pass", True),
        ("from network.models import Post\nget_object_or_404(Post, pk=1)", True),
        ("from network.models import Post\nget_object_or_404(Post.objects.visible_to(user), pk=1)", False),
        ("apps.get_model('network', 'Post')", True),
        ("apps.get_model('network.Post')", True),
        ("apps.get_model('taxonomy', 'Theme')", False),
    ],
)
def test_the_guard_tells_the_road_from_the_way_round(text, is_fault):
    assert bool(past_the_rule(text)) is is_fault


# --- the table itself ---------------------------------------------------------------------------------


def test_a_hidden_space_is_known_to_nobody_outside_it():
    for standing in (Standing.STRANGER, Standing.NETWORK):
        assert TABLE[Kind.HIDDEN][standing] == set()


def test_a_stranger_reads_nowhere_and_the_network_reads_in_open_spaces_alone():
    assert [kind for kind in Kind if may(Act.READ, kind, Standing.STRANGER)] == []
    assert [kind for kind in Kind if may(Act.READ, kind, Standing.NETWORK)] == [Kind.OPEN]


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_says_something_of_everyone(kind):
    assert set(TABLE[kind]) == set(Standing)


LADDERS = [
    (Standing.STRANGER, Standing.KEPT_OUT, Standing.NETWORK, Standing.MEMBER, Standing.FACILITATOR),
    (Standing.KEPT_OUT, Standing.INVITED, Standing.MEMBER),
    (Standing.SUSPENDED, Standing.MEMBER),
]


@pytest.mark.parametrize("ladder", LADDERS)
@pytest.mark.parametrize("kind", Kind)
def test_whoever_may_more_may_also_less(kind, ladder):
    order = [TABLE[kind][standing] - {Act.JOIN, Act.ASK} for standing in ladder]
    assert all(less <= more for less, more in zip(order, order[1:], strict=False))


@pytest.mark.parametrize("kind", Kind)
def test_who_is_suspended_or_only_invited_reads_nothing_that_is_closed(kind):
    assert TABLE[kind][Standing.SUSPENDED] == {Act.KNOW}
    assert (Act.READ in TABLE[kind][Standing.INVITED]) is (kind is Kind.OPEN)
