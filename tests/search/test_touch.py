"""Whatever changes what a reader may find touches the entry, in the transaction that changes it."""

import pytest
from django.conf import settings as house
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import RequestFactory
from django.utils import timezone
from wagtail.models import Collection, CollectionViewRestriction, Page, PageViewRestriction, Site

from accounts.models import User
from cases.models import ProjectResult
from content import findable
from content.care import still_fits
from content.models import File, Source
from content.touching import after_bulk_action
from home.loading.load import load
from home.models import (
    NewsIndexPage,
    NewsPage,
    Provenance,
    PublicationIndexPage,
    PublicationMunicipality,
    PublicationPage,
)
from methods.models import MethodPage, MethodUse, ToolFile
from network.discuss import edit_post
from network.models import Post
from search.models import SearchTask
from tests.factories import (
    CaseStoryPageFactory,
    HomePageFactory,
    InformationPageFactory,
    MethodPageFactory,
    MethodUseFactory,
    MunicipalityFactory,
    PhaseFactory,
    PostFactory,
    ProjectPageFactory,
    SpaceFactory,
    TagFactory,
    ThemeFactory,
    ThreadFactory,
    ToolPageFactory,
    classify,
)

pytestmark = pytest.mark.django_db


class Heard:
    """What has been touched since the last `clear`."""

    def __init__(self):
        self.told = []

    def hear(self, sender, name, pks, losing, **kwargs):
        assert findable.named(name), name
        self.told.append((name, set(pks), losing))

    def clear(self):
        self.told.clear()

    def all(self, name):
        return set().union(*(pks for told, pks, _losing in self.told if told == name))

    def losing(self, name):
        return set().union(*(pks for told, pks, losing in self.told if told == name and losing))


@pytest.fixture
def heard():
    heard = Heard()
    findable.touched.connect(heard.hear)
    yield heard
    findable.touched.disconnect(heard.hear)


@pytest.fixture(autouse=True)
def _files_apart(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def front(db):
    return HomePageFactory()


@pytest.fixture
def page(front, heard):
    """An open page below an open page; what making them touched is forgotten."""
    page = InformationPageFactory(parent=InformationPageFactory(parent=front))
    heard.clear()
    return page


def restrict(page):
    return PageViewRestriction.objects.create(page_id=page.pk, restriction_type=PageViewRestriction.LOGIN)


# --- pages --------------------------------------------------------------------------------------------


def test_publishing_touches_and_writing_a_draft_does_not(page, heard):
    page.title = "Ny titel"
    revision = page.save_revision()
    assert heard.all("page") == set()
    revision.publish()
    assert heard.all("page") == {page.pk}
    assert heard.losing("page") == set()


def test_unpublishing_is_a_loss(page, heard):
    page.unpublish()
    assert heard.losing("page") == {page.pk}


def test_setting_an_expiry_touches(page, heard):
    page.expire_at = timezone.now()
    page.save_revision().publish()
    assert heard.all("page") == {page.pk}


def test_a_page_that_has_expired_is_touched_when_it_is_taken_down(page, heard):
    page.expire_at = timezone.now()
    page.save()
    heard.clear()
    page.unpublish(set_expired=True)
    assert heard.losing("page") == {page.pk}


def test_moving_touches_the_page_and_all_below_it_as_a_loss(front, page, heard):
    above, elsewhere = page.get_parent(), InformationPageFactory(parent=front)
    heard.clear()
    above.move(elsewhere, pos="last-child")
    assert heard.losing("page") >= {above.pk, page.pk}
    assert elsewhere.pk not in heard.all("page")


def test_a_new_slug_touches_all_below_for_their_addresses(page, heard):
    above = page.get_parent().specific
    above.slug = "nyt-sted"
    above.save_revision().publish()
    assert heard.all("page") >= {above.pk, page.pk}


def test_a_new_title_touches_the_page_alone(page, heard):
    above = page.get_parent().specific
    above.title = "Nyt navn"
    above.save_revision().publish()
    assert heard.all("page") == {above.pk}


def test_deleting_touches_the_page_and_all_below_it_as_a_loss(page, heard):
    above = page.get_parent()
    above.delete()
    assert heard.losing("page") >= {above.pk, page.pk}


def test_deleting_many_at_once_touches_each(front, page, heard):
    Page.objects.filter(pk=page.pk).delete()
    assert page.pk in heard.losing("page")


def test_a_restriction_touches_all_below_when_it_comes_changes_and_goes(page, heard):
    above = page.get_parent()
    restriction = restrict(above)
    assert heard.losing("page") == {above.pk, page.pk}
    heard.clear()
    restriction.restriction_type = PageViewRestriction.GROUPS
    restriction.save()
    assert heard.losing("page") == {above.pk, page.pk}
    heard.clear()
    restriction.delete()
    assert heard.losing("page") == {above.pk, page.pk}


def test_a_move_under_a_restriction_and_back_leaves_and_comes_back(front, page, heard):
    closed = InformationPageFactory(parent=front)
    restrict(closed)
    heard.clear()
    page.move(closed, pos="last-child")
    assert page.pk in heard.losing("page")
    assert findable.named("page").entries(heard.all("page") - {closed.pk, front.pk}) == []


def test_care_touches_what_it_writes_on_the_live_page(page, heard):
    still_fits(User.objects.create_superuser("chef@eksempel.example", "fire-ord-om-natten"), page)
    assert page.pk in heard.all("page")


def test_a_new_root_of_the_site_touches_every_page(page, heard, front):
    site = Site.objects.filter(is_default_site=True).first() or Site(hostname="localhost", is_default_site=True)
    site.root_page = front
    site.save()
    assert heard.all("page") >= {page.pk, page.get_parent().pk}


def test_rows_that_hang_on_a_page_touch_it_when_they_come_change_and_go(front, heard):
    page = ProjectPageFactory(parent=front)
    for make in (
        lambda: ProjectResult(page=page, text="En forening."),
        lambda: Source(page=page, url="https://eksempel.example/"),
    ):
        heard.clear()
        row = make()
        row.save()
        assert heard.all("page") == {page.pk}
        heard.clear()
        row.delete()
        assert heard.all("page") == {page.pk}


# --- words --------------------------------------------------------------------------------------------


def test_a_word_given_and_taken_touches_the_page(page, heard):
    classify(page, tags=[TagFactory()], phases=[PhaseFactory()])
    assert heard.all("page") == {page.pk}
    heard.clear()
    page.tagged_items.get_live_queryset().delete()
    assert heard.all("page") == {page.pk}


def test_a_word_of_the_vocabulary_that_is_renamed_touches_its_pages_and_what_is_said_under_it(page, heard):
    theme, other = ThemeFactory(), ThemeFactory()
    classify(page, themes=[theme])
    thread = ThreadFactory(space=SpaceFactory(theme=theme))
    reply = PostFactory(thread=thread)
    heard.clear()
    other.save()
    assert heard.told == []
    theme.title = "Et nyt navn"
    theme.save()
    assert heard.all("page") == {page.pk}
    # The question, too: it may have been a reply in the thread it was split off from.
    assert (heard.all("thread"), heard.all("post")) == ({thread.pk}, {question_of(thread), reply.pk})


def test_a_theme_that_goes_touches_what_is_said_under_it(heard):
    theme = ThemeFactory()
    thread = ThreadFactory(space=SpaceFactory(theme=theme))
    heard.clear()
    theme.delete()
    assert heard.all("thread") == {thread.pk}


def test_a_tag_that_is_renamed_merged_or_deleted_touches_its_pages(page, heard):
    tag, into = TagFactory(), TagFactory()
    classify(page, tags=[tag])
    heard.clear()
    tag.name = "et andet ord"
    tag.save()
    assert heard.all("page") == {page.pk}
    heard.clear()
    row = tag.tagged_pages.get()
    row.tag = into
    row.save()
    assert heard.all("page") == {page.pk}
    heard.clear()
    into.delete()
    assert heard.all("page") == {page.pk}


# --- municipalities and uses --------------------------------------------------------------------------


def test_a_municipality_touches_itself_and_all_that_stands_under_it(front, heard):
    place = MunicipalityFactory()
    project, method = ProjectPageFactory(parent=front, municipality=place), MethodPageFactory(parent=front)
    MethodUseFactory(method=method, municipality=place)
    news = NewsPage(title="Nyt", slug="nyt", summary="S", municipality=place)
    front.add_child(instance=NewsIndexPage(title="Nyheder", slug="nyheder", summary="S")).add_child(instance=news)
    book = PublicationPage(title="Bog", slug="bog", summary="S", publication_type="rapport")
    front.add_child(instance=PublicationIndexPage(title="Bøger", slug="boeger", summary="S")).add_child(instance=book)
    PublicationMunicipality.objects.create(page=book, municipality=place)
    heard.clear()
    place.full_name = "Nyt Navn Kommune"
    place.save()
    assert heard.all("municipality") == {place.pk}
    assert heard.all("page") >= {project.pk, method.pk, news.pk, book.pk}


def test_a_municipality_that_goes_is_a_loss(heard):
    place = MunicipalityFactory()
    pk = place.pk
    place.delete()
    assert heard.losing("municipality") == {pk}


def test_a_new_place_of_a_project_touches_it(front, heard):
    project = ProjectPageFactory(parent=front)
    heard.clear()
    project.municipality = MunicipalityFactory()
    project.save()
    assert project.pk in heard.all("page")


def test_a_use_touches_where_it_is_told_and_its_method_also_the_one_it_leaves(front, heard):
    old, new = MethodPageFactory(parent=front), MethodPageFactory(parent=front)
    story = CaseStoryPageFactory(parent=front)
    heard.clear()
    use = MethodUseFactory(method=old, page=story)
    assert heard.all("page") == {old.pk, story.pk}
    heard.clear()
    use = MethodUse.objects.get(pk=use.pk)
    use.method_id = new.pk
    use.save()
    assert heard.all("page") >= {old.pk, new.pk, story.pk}
    heard.clear()
    use.delete()
    assert heard.all("page") >= {new.pk, story.pk}


@pytest.mark.parametrize("what", ["saved", "unpublished", "restricted", "deleted"])
def test_a_story_touches_the_methods_it_tells_of_and_the_other_way(front, heard, what):
    method, story = MethodPageFactory(parent=front), CaseStoryPageFactory(parent=front)
    MethodUseFactory(method=method, page=story)
    for page, other in ((method, story), (story, method)):
        heard.clear()
        if what == "restricted":
            restrict(page)
        elif what == "saved":
            page.save()
        elif what == "unpublished":
            page.unpublish()
        else:
            page.delete()
        assert other.pk in heard.all("page")
        if what == "deleted":
            break


# --- files --------------------------------------------------------------------------------------------


def make_file(name="ark.txt"):
    file = File(title="Et ark")
    file.file.save(name, ContentFile(b"ord"), save=False)
    file._set_document_file_metadata()
    file.save()
    return file


@pytest.fixture
def told(front, heard):
    """A file, and a published tool that refers to it."""
    file = make_file()
    tool = ToolPageFactory(parent=front)
    tool.tool_files.add(ToolFile(file=file))
    tool.save_revision().publish()
    heard.clear()
    return file, tool


def test_a_file_is_touched_when_it_is_saved_and_lost_when_it_goes(heard):
    file = make_file()
    assert heard.all("file") == {file.pk}
    heard.clear()
    file.get_file_size()
    file.save(update_fields=["file_size"])
    assert heard.told == []
    pk = file.pk
    file.delete()
    assert heard.losing("file") == {pk}


def test_the_page_that_refers_to_a_file_touches_it_when_it_is_published_and_taken_down(told, heard):
    file, tool = told
    tool.save_revision().publish()
    assert file.pk in heard.all("file")
    heard.clear()
    tool.unpublish()
    assert file.pk in heard.all("file")


def test_a_file_that_a_page_takes_up_or_lets_go_is_touched(told, heard):
    file, tool = told
    other = make_file()
    tool.tool_files.set([ToolFile(file=other)])
    heard.clear()
    tool.save_revision().publish()
    assert heard.all("file") == {file.pk, other.pk}


def test_a_file_in_a_step_is_touched_when_it_comes_and_when_it_goes(front, heard):
    file, page = make_file(), MethodPageFactory(parent=front)
    step = {"title": "Find ti", "text": "Ring.", "duration": "", "who": "", "sheet": file}
    for steps in ([("step", step)], []):
        page.steps = steps
        heard.clear()
        page.save_revision().publish()
        assert heard.all("file") == {file.pk}


def test_a_row_that_takes_another_file_touches_both(told, heard):
    file, tool = told
    other, row = make_file(), tool.tool_files.get_live_queryset().get()
    heard.clear()
    row.file = other
    row.save()
    assert heard.all("file") == {file.pk, other.pk}


def test_a_restriction_above_and_a_deletion_of_the_page_touch_its_files(front, told, heard):
    file, tool = told
    restrict(front)
    assert file.pk in heard.losing("file")
    heard.clear()
    tool.delete()
    assert file.pk in heard.losing("file")


def test_a_collection_that_closes_moves_or_opens_touches_its_files(heard):
    above = Collection.get_first_root_node().add_child(name="Samling")
    below = above.add_child(name="Under")
    file, other = make_file(), make_file()
    file.collection = below
    file.save()
    assert file.pk in heard.losing("file")
    heard.clear()
    restriction = CollectionViewRestriction.objects.create(collection=above, restriction_type="login")
    assert heard.losing("file") == {file.pk}
    heard.clear()
    restriction.delete()
    assert heard.losing("file") == {file.pk}
    heard.clear()
    above.save()
    assert heard.losing("file") == {file.pk}
    assert other.pk not in heard.all("file")


def test_files_moved_to_a_collection_many_at_once_are_touched(heard):
    files = [make_file(), make_file()]
    heard.clear()
    request = RequestFactory().post("/")
    request.user = AnonymousUser()
    after_bulk_action(request, "add_to_collection", files, None)
    assert heard.losing("file") == {file.pk for file in files}


def test_the_admin_calls_us_after_such_a_move(client, heard):
    files = [make_file(), make_file()]
    collection = Collection.get_first_root_node().add_child(name="Lukket")
    client.force_login(User.objects.create_superuser("chef@eksempel.example", "fire-ord-om-natten"))
    heard.clear()
    ids = "&".join(f"id={file.pk}" for file in files)
    response = client.post(
        f"/admin/bulk/content/file/add_to_collection/?{ids}", {"collection": collection.pk, "next": "/admin/"}
    )
    assert response.status_code == 302
    assert set(File.objects.filter(collection=collection)) == set(files)
    assert heard.losing("file") == {file.pk for file in files}


# --- what is said in the spaces -----------------------------------------------------------------------


def test_a_new_thread_and_a_reply_are_touched_each_as_its_own(heard):
    thread = ThreadFactory()
    assert heard.all("thread") == {thread.pk}
    assert heard.all("post") == set()
    reply = PostFactory(thread=thread)
    assert heard.all("post") == {reply.pk}


def test_an_edited_post_is_touched_as_what_it_is_found_as(heard):
    thread = ThreadFactory()
    first, reply = Post.objects.get(thread=thread, number=1), PostFactory(thread=thread)
    heard.clear()
    edit_post(first.author, first, "Et nyt spørgsmål.", first.version)
    assert (heard.all("thread"), heard.all("post")) == ({thread.pk}, set())
    heard.clear()
    edit_post(reply.author, reply, "Et nyt svar.", reply.version)
    assert (heard.all("thread"), heard.all("post")) == (set(), {reply.pk})


@pytest.mark.parametrize("goes", ["post", "thread", "space", "spaces at once"])
def test_what_is_deleted_is_lost_also_by_cascade(heard, goes):
    thread = ThreadFactory()
    reply = PostFactory(thread=thread)
    space, ids = thread.space, (thread.pk, reply.pk)
    heard.clear()
    if goes == "spaces at once":
        type(space).objects.filter(pk=space.pk).delete()
    else:
        {"post": reply, "thread": thread, "space": space}[goes].delete()
    assert ids[1] in heard.losing("post")
    assert (ids[0] in heard.losing("thread")) is (goes != "post")


def test_a_space_touches_what_is_said_in_it_when_its_address_or_theme_changes_and_not_for_its_name(heard):
    thread = ThreadFactory()
    reply = PostFactory(thread=thread)
    space = thread.space
    for field, value, touches in (
        ("name", "Et navn", False),
        ("slug", "et-nyt", True),
        ("theme", ThemeFactory(), True),
    ):
        heard.clear()
        setattr(space, field, value)
        space.save()
        assert bool(heard.all("thread")) is touches, field
        assert heard.all("post") == ({question_of(thread), reply.pk} if touches else set())


def question_of(thread):
    return thread.posts.get(number=1).pk


# --- the loader ---------------------------------------------------------------------------------------


def test_the_campaign_is_loaded_past_nothing(campaign, heard):
    """Loaded again it touches nothing; a page that was gone comes back and is touched: the loader saves row by row."""
    page = MethodPage.objects.live().first()
    heard.clear()
    load(house.SITE / "demo")
    assert heard.all("page") == set()
    Provenance.objects.filter(model=MethodPage._meta.label, object_id=page.pk).delete()
    page.delete()
    heard.clear()
    load(house.SITE / "demo")
    made = MethodPage.objects.get(slug=page.slug)
    assert made.pk in heard.all("page")
    assert {entry.pk for entry in findable.named("page").entries([made.pk])} == {made.pk}


def test_what_is_touched_is_undone_with_the_change(page):
    """The outbox is written where the change is: rolled back, neither is there."""
    before = SearchTask.objects.count()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        page.save()
        assert SearchTask.objects.count() > before
        1 / 0
    assert SearchTask.objects.count() == before
