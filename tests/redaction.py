"""A front page, the groups that `set_up_roles` makes, and people in a browser: for tests of who may do what."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page, Site
from wagtail.test.utils.form_data import querydict_from_html

from content.models import Picture
from home.roles import ROLES
from home.roles_setup import set_up_roles
from tests.factories import HomePageFactory, InformationPageFactory

MEMBER = "medlem"  # signed in, and in no group


def make_front():
    """A site with a front page of ours and nothing set up yet."""
    page = HomePageFactory()
    Site.objects.update_or_create(is_default_site=True, defaults={"root_page": page, "hostname": "localhost"})
    return page


def make_user(name, *groups):
    user = get_user_model().objects.create_user(f"{name.lower()}@forkant.example", name=f"{name} (opdigtet)")
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


def latest_title(page):
    return Page.objects.get(pk=page.pk).get_latest_revision_as_object().title


class House:
    """The groups with one user of each, a member, and somebody else to whom things belong."""

    def __init__(self):
        self.front = make_front()
        set_up_roles()
        self.users = {role: make_user(role, role) for role in ROLES} | {MEMBER: make_user(MEMBER)}
        self.other = make_user("Anden")

    def page(self, **fields):
        return InformationPageFactory(parent=self.front, owner=self.other, **fields)

    def page_in(self, check):
        """A page that somebody sent and that now waits in the check of that name."""
        page = self.page()
        page.save_revision(user=self.other)
        page.get_workflow().start(page, self.other)
        while page.current_workflow_task.name != check:
            page.current_workflow_task_state.approve(user=self.other)
        return page

    def picture(self):
        return Picture.objects.create(
            title="Havnen", file=get_test_image_file(), description="Havn", uploaded_by_user=self.other
        )


class As:
    """Somebody, in a browser."""

    def __init__(self, user):
        self.user, self.client = user, Client()
        self.client.force_login(user)

    def sees(self, name, /, *args, **params):
        return self.client.get(reverse(name, args=args), params).status_code == 200

    def reads(self, name, /, *args):
        return self.client.get(reverse(name, args=args)).content.decode()

    def posts(self, name, /, *args, **fields):
        return self.client.post(reverse(name, args=args), fields)

    def fills_in(self, address, **changes):
        """Open the form of a page, change it and send it. Returns None where the form does not open."""
        answer = self.client.get(address)
        if answer.status_code != 200:
            return None
        form = querydict_from_html(answer.content.decode(), form_id="page-edit-form")
        # The browser builds the form of a StreamField, so it does not stand in the page.
        return self.client.post(address, {**dict(form.lists()), "body-count": "0", **changes})

    def edits(self, page, **changes):
        return self.fills_in(reverse("wagtailadmin_pages:edit", args=[page.pk]), **changes)

    def answers_check(self, page, action, **fields):
        """Approve or reject the check that `page` is in, and return how it then stands."""
        state = page.current_workflow_task_state
        self.posts("wagtailadmin_pages:workflow_action", page.pk, action, state.pk, **fields)
        state.refresh_from_db()
        return state.status
