"""Who may do what, asked as each of the roles through the real admin: a yes beside every no."""

from datetime import date

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import transaction
from django.urls import reverse
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupPagePermission,
    Page,
    PageViewRestriction,
    Site,
    Workflow,
)

from content.approval import CheckTask
from content.models import Picture
from home import roles, roles_setup
from home.models import InformationPage, SectionPage
from home.roles import CHECKER, CHECKS, EDITOR, PUBLISHER, RIGHTS, ROLES, WORKFLOW
from home.roles_doc import roles_doc
from home.roles_setup import CannotSetUp, set_up_roles
from network.models import Municipality, Space
from network.moderate import hand_on
from network.report import report
from search.models import Promotion, Synonym
from taxonomy.models import Tag
from tests.factories import (
    InformationPageFactory,
    MeetingFactory,
    MembershipFactory,
    MunicipalityFactory,
    PostFactory,
    ProfileFactory,
    SpaceFactory,
    TagFactory,
)
from tests.redaction import MEMBER, As, House, latest_title, make_front, make_user

pytestmark = pytest.mark.django_db
WHO = [*ROLES, MEMBER]


@pytest.fixture
def front(db):
    return make_front()


@pytest.fixture
def house(db):
    return House()


# --- one question for each right --------------------------------------------------------------------

PROBES = {}


def probe(key):
    return lambda function: PROBES.setdefault(key, function)


@probe("enter")
def enters(me, house):
    return me.sees("wagtailadmin_home")


@probe("see_pages")
def sees_pages(me, house):
    house.page(title="Kun en kladde", live=False)
    answer = me.client.get(reverse("wagtailadmin_explore", args=[house.front.pk]))
    compares = answer.status_code == 200 and "Kun en kladde" in answer.content.decode()
    page = house.page()
    page.save_revision()
    page.save_revision()
    if me.user == house.users[CHECKER]:
        page.get_workflow().start(page, house.other)
    return compares and me.sees("wagtailadmin_pages:revisions_compare", page.pk, "earliest", "latest")


@probe("write_pages")
def writes_pages(me, house):
    address = reverse("wagtailadmin_pages:add", args=["home", "informationpage", house.front.pk])
    me.fills_in(address, title="Ny side", slug="ny-side", summary="Kort", **{"action-submit": "1"})
    page = InformationPage.objects.child_of(house.front).filter(slug="ny-side").first()
    if page is None:
        return False
    assert not page.live
    return page.workflow_in_progress and page.current_workflow_task.name == CHECKS[0].name


def edits_in(me, house, check):
    page = house.page_in(check)
    me.edits(page, title="Rettet under tjekket")
    return latest_title(page) == "Rettet under tjekket"


@probe("edit_in_check")
def edits_in_check(me, house):
    return edits_in(me, house, "Fagligt tjek")


@probe("edit_in_language_check")
def edits_in_language_check(me, house):
    return edits_in(me, house, "Sprogtjek")


@probe("check_subject")
def checks_subject(me, house):
    page = house.page_in("Fagligt tjek")
    return me.answers_check(page, "approve", comment="") == "approved"


@probe("check_language")
def checks_language(me, house):
    page = house.page_in("Sprogtjek")
    return me.answers_check(page, "approve", comment="") == "approved"


@probe("step_in")
def steps_in(me, house):
    task = CheckTask.objects.get(name="Fagligt tjek")
    task.groups.set([Group.objects.get_or_create(name="Korrekturlæsere")[0]])
    return me.answers_check(house.page_in("Fagligt tjek"), "approve", comment="") == "approved"


@probe("publish")
def publishes(me, house):
    page = house.page()
    me.edits(page, title="Udgivet med det samme", **{"action-publish": "1"})
    page.refresh_from_db()
    went_out = page.title == "Udgivet med det samme"
    me.posts("wagtailadmin_pages:unpublish", page.pk)
    page.refresh_from_db()
    assert page.live is not went_out, "Who publishes also takes back, and nobody else."
    return went_out


@probe("lock")
def locks(me, house):
    page = house.page()
    me.posts("wagtailadmin_pages:lock", page.pk)
    page.refresh_from_db()
    return page.locked


@probe("unlock")
def unlocks(me, house):
    page = house.page(locked=True, locked_by=house.other)
    me.posts("wagtailadmin_pages:unlock", page.pk)
    page.refresh_from_db()
    return not page.locked


def deletes(me, page):
    me.posts("wagtailadmin_pages:delete", page.pk)
    return not Page.objects.filter(pk=page.pk).exists()


@probe("delete_drafts")
def deletes_drafts(me, house):
    return deletes(me, house.page(live=False))


@probe("delete_pages")
def deletes_pages(me, house):
    return deletes(me, house.page())


@probe("delete_branch")
def deletes_branch(me, house):
    branch = SectionPage(title="Afsnit", slug="afsnit", summary="Kort", owner=house.other)
    house.front.add_child(instance=branch)
    InformationPageFactory(parent=branch, owner=house.other)
    return deletes(me, branch)


@probe("choose_files")
def chooses_files(me, house):
    house.picture()
    answer = me.client.get(reverse("wagtailimages_chooser:choose"))
    return answer.status_code == 200 and "Havnen" in answer.content.decode()


@probe("add_files")
def adds_files(me, house):
    upload = SimpleUploadedFile("havn.png", get_test_image_file().file.getvalue(), "image/png")
    fields = {"title": "Min havn", "description": "Havn", "rights_holder": "Mig", "licence": "cc-by-4.0"}
    root = Collection.get_first_root_node().pk
    me.posts("wagtailimages:add", file=upload, collection=root, tags="", **fields)
    mine = Picture.objects.filter(title="Min havn", uploaded_by_user=me.user).first()
    if mine is None:
        return False
    me.posts("wagtailimages:delete", mine.pk)
    assert not Picture.objects.filter(pk=mine.pk).exists(), "One's own can be deleted."
    return True


@probe("change_files")
def changes_files(me, house):
    picture = house.picture()
    me.posts("wagtailimages:delete", picture.pk)
    return not Picture.objects.filter(pk=picture.pk).exists()


@probe("collections")
def makes_collections(me, house):
    me.posts("wagtailadmin_collections:add", name="Landsbyer", parent=Collection.get_first_root_node().pk)
    return Collection.objects.filter(name="Landsbyer").exists()


@probe("words")
def writes_words(me, house):
    me.posts(Tag.snippet_viewset.get_url_name("add"), name="nabohjælp")
    return Tag.objects.filter(name="nabohjælp").exists()


@probe("delete_words")
def deletes_words(me, house):
    tag = TagFactory()
    me.posts(Tag.snippet_viewset.get_url_name("delete"), tag.pk)
    return not Tag.objects.filter(pk=tag.pk).exists()


@probe("search_insight")
def sees_insight(me, house):
    return me.sees("search_insight")


@probe("search_rules")
def makes_rules(me, house):
    name = Synonym.snippet_viewset.get_url_name
    me.posts(name("add"), way="equal", words="prøveord\nprøvelse", also="")
    rule = Synonym.objects.filter(words="prøveord\nprøvelse").first()
    if rule is None:
        return False
    me.posts(name("delete"), rule.pk)
    assert not Synonym.objects.filter(pk=rule.pk).exists(), "Who writes a synonym can also delete it."
    return me.sees(Promotion.snippet_viewset.get_url_name("add"))


@probe("municipalities")
def edits_municipalities(me, house):
    place = MunicipalityFactory()
    assert Municipality.objects.filter(pk=place.pk).exists()
    return me.sees("municipalities:edit", place.pk) and me.sees("municipalities:add")


def reported(space):
    """A report in `space` by one who reads there."""
    post = PostFactory(thread__space=space)
    return report(MembershipFactory(space=space).user, post, "advert")


def sees_to(me, made):
    """Through the page, as a member of the network: an editor without a profile is led to fill one in first."""
    ProfileFactory(user=me.user)
    me = As(get_user_model().objects.get(pk=me.user.pk))
    there = me.sees("review-report", made.pk, "behold")
    assert me.sees("review") or not there, "Who sees to a report sees the queue."
    panel = me.reads("wagtailadmin_home")
    assert ("Til gennemsyn: 1" in panel) is there, "The desk says what the queue says."
    return there


@probe("meetings")
def writes_meetings(me, house):
    made = MeetingFactory(space=None, audience="public")
    there = me.sees("meetings:add")
    assert me.sees("meetings:edit", made.pk) is there
    return there


@probe("reports")
def sees_to_reports(me, house):
    closed = reported(MembershipFactory(role="facilitator").space)
    there = sees_to(me, reported(SpaceFactory(kind="open")))
    assert not me.sees("review-report", closed.pk, "behold"), "In a closed space its facilitator does."
    return there


@probe("handed_on")
def sees_to_what_is_handed_on(me, house):
    made = reported(SpaceFactory())
    facilitator = MembershipFactory(space=made.space, role="facilitator").user
    if made.state != made.State.HANDED_ON:
        hand_on(facilitator, made, "Jeg kender hende.")
    return sees_to(me, made)


@probe("spaces")
def makes_spaces(me, house):
    rights = [f"network.{action}_{Space._meta.model_name}" for action in ("add", "change", "view")]
    return all(map(me.user.has_perm, rights))


@probe("texts")
def edits_texts(me, house):
    site = Site.objects.get(is_default_site=True)
    return me.sees("wagtailsettings:edit", "content", "sitetexts", site.pk)


@probe("redirects")
def makes_redirects(me, house):
    return me.sees("wagtailredirects:add")


@probe("workflows")
def edits_workflows(me, house):
    task, workflow = CheckTask.objects.first(), Workflow.objects.get(name=WORKFLOW)
    return me.sees("wagtailadmin_workflows:edit", workflow.pk) and me.sees("wagtailadmin_workflows:edit_task", task.pk)


@probe("users")
def edits_users(me, house):
    return me.sees("wagtailusers_users:add") and me.sees("wagtailusers_users:edit", house.other.pk)


@probe("groups")
def edits_groups(me, house):
    return me.sees("wagtailusers_groups:add")


def test_every_right_is_asked_after():
    assert set(PROBES) == {right.key for right in RIGHTS}


@pytest.mark.parametrize("right", RIGHTS, ids=lambda right: right.key)
def test_a_right_is_theirs_whom_the_list_names_and_nobody_elses(house, right):
    found = {}
    for who in WHO:
        with transaction.atomic():
            found[who] = bool(PROBES[right.key](As(house.users[who]), house))
            transaction.set_rollback(True)
    assert found == {who: right.has(who) for who in WHO}


# --- what the list does not say ---------------------------------------------------------------------


def test_no_role_makes_anybody_a_superuser(house):
    assert not any(user.is_superuser for user in house.users.values())


def test_the_page_above_the_front_page_is_nobodys(house):
    root = Page.get_first_root_node()
    for user in house.users.values():
        rights = root.permissions_for_user(user)
        assert not rights.can_edit() and not rights.can_publish_subpage()


def test_a_page_in_a_check_is_locked_to_who_wrote_it_and_free_again_when_it_comes_back(house):
    page = house.page_in("Fagligt tjek")
    me = As(house.users[EDITOR])
    me.edits(page, title="Smuttet ind")
    assert latest_title(page) != "Smuttet ind"
    page.current_workflow_task_state.reject(user=house.users[CHECKER], comment="Se kilden igen.")
    me.edits(page, title="Rettet efter tjekket")
    assert latest_title(page) == "Rettet efter tjekket"


# --- the command ------------------------------------------------------------------------------------


def told(capsys):
    call_command("set_up_roles")
    return capsys.readouterr().out


def test_the_second_run_changes_nothing_and_says_so(front, capsys):
    assert "gruppe oprettet: Redaktør" in told(capsys)
    assert told(capsys) == "Alt var, som det skal være. Intet er ændret.\n"


def test_a_right_added_by_hand_to_one_of_our_groups_is_taken_and_another_group_keeps_its_own(house, capsys):
    own = Group.objects.create(name="Sommerhjælp")
    extra = Permission.objects.get(codename="publish_page")
    for group in (own, Group.objects.get(name=EDITOR)):
        GroupPagePermission.objects.create(group=group, page=house.front, permission=extra)
    assert told(capsys) == "Redaktør: taget wagtailcore.publish_page\n"
    assert [row.group for row in GroupPagePermission.objects.filter(permission=extra, group__in=[own])] == [own]


def test_a_right_taken_by_hand_is_given_back(house, capsys):
    Group.objects.get(name=PUBLISHER).page_permissions.get(permission__codename="publish_page").delete()
    assert told(capsys) == "Udgiver: givet wagtailcore.publish_page\n"


def test_what_the_redaction_wrote_about_a_check_stays(house, capsys):
    CheckTask.objects.filter(name="Sprogtjek").update(look_for="Vores egne ord")
    told(capsys)
    assert CheckTask.objects.get(name="Sprogtjek").lines == ["Vores egne ord"]


def wagtails_own(front):
    """What Wagtail's migrations make, as some older test may have removed it."""
    moderators, _new = Group.objects.get_or_create(name="Moderators")
    Group.objects.get_or_create(name="Editors")
    workflow, _new = Workflow.objects.get_or_create(name="Moderators approval")
    task, _new = GroupApprovalTask.objects.get_or_create(name="Moderators approval")
    task.groups.set([moderators])
    workflow.workflow_tasks.get_or_create(task=task)
    return workflow


def test_members_of_wagtails_groups_move_to_ours_and_the_groups_go(front):
    wagtails_own(front)
    writer, reader = make_user("Skriver", "Editors"), make_user("Læser", "Moderators")
    set_up_roles()
    assert [group.name for group in writer.groups.all()] == [EDITOR]
    assert [group.name for group in reader.groups.all()] == [PUBLISHER]
    assert not Group.objects.filter(name__in=["Editors", "Moderators"]).exists()
    assert list(Workflow.objects.values_list("name", flat=True)) == [WORKFLOW]


def test_wagtails_workflow_stays_where_a_page_has_been_through_it(front, capsys):
    workflow = wagtails_own(front)
    page = InformationPageFactory(parent=front)
    page.save_revision()
    workflow.start(page, make_user("Skriver"))
    assert "beholdt: arbejdsgangen »Moderators approval«" in told(capsys)
    assert Group.objects.filter(name="Moderators").exists()


def test_a_group_of_wagtails_stays_where_it_says_who_may_read(front, capsys):
    wagtails_own(front)
    restriction = PageViewRestriction.objects.create(page=front, restriction_type="groups")
    restriction.groups.set(Group.objects.filter(name="Editors"))
    told(capsys)
    assert list(restriction.groups.values_list("name", flat=True)) == ["Editors"]


def test_without_a_front_page_the_command_says_what_to_do(db):
    Site.objects.update_or_create(is_default_site=True, defaults={"root_page": Page.get_first_root_node()})
    with pytest.raises(CommandError, match="load_campaign"):
        call_command("set_up_roles")
    assert not Group.objects.filter(name=EDITOR).exists()


def test_a_right_that_does_not_exist_is_an_error_and_nothing_is_written(front, monkeypatch):
    wrong = roles.Right("wrong", "Flyve", (EDITOR,), models=("network.fly_space",))
    monkeypatch.setattr(roles, "RIGHTS", (*RIGHTS, wrong))
    with pytest.raises(CannotSetUp, match="network.fly_space"):
        roles_setup.set_up_roles()
    assert not Group.objects.filter(name=EDITOR).exists()


# --- the page of the docs ---------------------------------------------------------------------------


def test_docs_roller_says_what_the_list_says():
    """Write it again with `./run manage write_roles_doc`."""
    assert (settings.ROOT / "docs" / "roller.md").read_text(encoding="utf-8") == roles_doc()


def test_the_role_of_facilitator_is_told_of_beside_the_groups():
    assert "Facilitator" in roles_doc() and "Facilitator" not in ROLES


def test_a_page_to_be_looked_at_again_says_so_above_its_form_and_another_does_not(house):
    me = As(house.users[EDITOR])
    pages = [house.page(review_on=day) for day in (date(2020, 1, 31), date(2999, 1, 31))]
    said = [me.reads("wagtailadmin_pages:edit", page.pk) for page in pages]
    assert ["Siden skulle være set efter den 31. januar 2020" in text for text in said] == [True, False]
