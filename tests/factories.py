"""Small pages and words for the tests. What a test is about it says itself; the rest is filled in here.

`classify(page, themes=[...], phases=[...])` puts a page under words; `MethodUseFactory` tells of a use.

People: `UserFactory(email=…, name=…)` can sign in, `MemberFactory(name=…, profile__role=…, profile__municipality=…)`
is in the network too. `ThreadFactory(space=…, author=…)` and `PostFactory(thread=…)` write through the verbs; who is
to write is let into the space first.
"""

from datetime import timedelta

import factory
import wagtail_factories
from django.utils import timezone
from django.utils.text import slugify
from factory.django import DjangoModelFactory
from wagtail.models import Page

from accounts.models import User
from cases import models as cases
from danish import danish_to_ascii
from home import models as home
from methods import models as methods
from network import models as network
from network.discuss import reply, start_thread
from taxonomy import models as words

GROUNDS = list(words.Theme.Ground.values)


class _TermFactory(DjangoModelFactory):
    title = factory.Sequence("Ord {}".format)
    slug = factory.LazyAttribute(lambda term: slugify(danish_to_ascii(term.title)))
    sort_order = factory.Sequence(int)


class ThemeFactory(_TermFactory):
    ground = factory.Sequence(lambda number: GROUNDS[number % len(GROUNDS)])

    class Meta:
        model = words.Theme


class PhaseFactory(_TermFactory):
    class Meta:
        model = words.Phase


class TargetGroupFactory(_TermFactory):
    class Meta:
        model = words.TargetGroup


class ChallengeFactory(_TermFactory):
    class Meta:
        model = words.Challenge


class TagFactory(DjangoModelFactory):
    name = factory.Sequence("emneord {}".format)

    class Meta:
        model = words.Tag


class MunicipalityFactory(DjangoModelFactory):
    code = factory.Sequence(lambda number: f"9{number % 1000:03d}")
    name = factory.Sequence("Eksempel {}".format)
    full_name = factory.LazyAttribute(lambda place: f"{place.name} Kommune")
    slug = factory.LazyAttribute(lambda place: slugify(danish_to_ascii(place.name)))
    region = "Region Eksempel"
    population_2014 = 20_000
    population_2023 = 19_000

    class Meta:
        model = network.Municipality


class _PageFactory(wagtail_factories.PageFactory):
    slug = factory.LazyAttribute(lambda page: slugify(danish_to_ascii(page.title)))
    summary = "Kort fortalt i en testsætning."


class HomePageFactory(_PageFactory):
    """A front page beside the campaign's, below the tree's root."""

    title = factory.Sequence("Forside {}".format)
    parent = factory.LazyFunction(Page.get_first_root_node)
    headline = "Find en metode, der virker hos jer"

    class Meta:
        model = home.HomePage


class InformationPageFactory(_PageFactory):
    title = factory.Sequence("Om siden {}".format)

    class Meta:
        model = home.InformationPage


class MethodIndexPageFactory(_PageFactory):
    title = "Metoder og værktøjer"
    slug = "metoder"

    class Meta:
        model = methods.MethodIndexPage


class ToolIndexPageFactory(_PageFactory):
    title = "Værktøjer"
    slug = "vaerktoejer"

    class Meta:
        model = methods.ToolIndexPage


class MethodPageFactory(_PageFactory):
    title = factory.Sequence("Metode {}".format)

    class Meta:
        model = methods.MethodPage


class ToolPageFactory(_PageFactory):
    title = factory.Sequence("Værktøj {}".format)

    class Meta:
        model = methods.ToolPage


class ProjectIndexPageFactory(_PageFactory):
    title = "Projekter"

    class Meta:
        model = cases.ProjectIndexPage


class CaseIndexPageFactory(_PageFactory):
    title = "Casefortællinger"

    class Meta:
        model = cases.CaseIndexPage


class ProjectPageFactory(_PageFactory):
    title = factory.Sequence("Projekt {}".format)
    municipality = factory.SubFactory(MunicipalityFactory)

    class Meta:
        model = cases.ProjectPage


class CaseStoryPageFactory(_PageFactory):
    title = factory.Sequence("Fortælling {}".format)
    municipality = factory.SubFactory(MunicipalityFactory)

    class Meta:
        model = cases.CaseStoryPage


class MethodUseFactory(DjangoModelFactory):
    """A use; told on the method's own page unless `page` says where."""

    method = factory.SubFactory(MethodPageFactory)
    page = factory.SelfAttribute("method")
    municipality = factory.SubFactory(MunicipalityFactory)

    class Meta:
        model = methods.MethodUse

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        # The relations point at Wagtail's own Page, the factories hand out its children.
        ids = {f"{name}_id": kwargs.pop(name).pk for name in ("page", "method")}
        return super()._create(model_class, *args, **ids, **kwargs)


ROWS = {
    "themes": words.PageTheme,
    "phases": words.PagePhase,
    "target_groups": words.PageTargetGroup,
    "challenges": words.PageChallenge,
}


def classify(page, tags=(), **terms):
    """Let `page` stand under the given words: themes, phases, target_groups, challenges, tags."""
    for name, chosen in terms.items():
        for term in chosen:
            ROWS[name].objects.create(page_id=page.pk, term=term)
    for tag in tags:
        words.TaggedPage.objects.create(content_object_id=page.pk, tag=tag)
    return page


# --- people and spaces ------------------------------------------------------------------------------

PASSWORD = "fire-ord-om-natten"


class UserFactory(DjangoModelFactory):
    """Someone with an account, and nothing more: no profile."""

    email = factory.Sequence("person{}@eksempel.example".format)
    name = factory.Sequence("Person Nummer{}".format)
    password = PASSWORD

    class Meta:
        model = User

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return model_class.objects.create_user(*args, **kwargs)


class ProfileFactory(DjangoModelFactory):
    """A profile that was filled in a month ago; `completed_at=None` makes one that waits for it."""

    user = factory.SubFactory(UserFactory)
    role = "planlægger"
    municipality = factory.SubFactory(MunicipalityFactory, is_fictional=True)
    completed_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=30))

    class Meta:
        model = network.Profile


class MemberFactory(UserFactory):
    """A member of the network: an account with a profile that is filled in."""

    profile = factory.RelatedFactory(ProfileFactory, factory_related_name="user")

    class Meta:
        skip_postgeneration_save = True


class SpaceFactory(DjangoModelFactory):
    name = factory.Sequence("Rum {}".format)
    slug = factory.LazyAttribute(lambda space: slugify(danish_to_ascii(space.name)))
    purpose = "For jer, der arbejder med det samme."
    kind = network.Space.Kind.ON_REQUEST

    class Meta:
        model = network.Space


class MembershipFactory(DjangoModelFactory):
    """`role="facilitator"` makes a facilitator."""

    space = factory.SubFactory(SpaceFactory)
    user = factory.SubFactory(MemberFactory)

    class Meta:
        model = network.Membership

    @classmethod
    def _get_manager(cls, model_class):
        return model_class.anyone


class AccessRequestFactory(DjangoModelFactory):
    space = factory.SubFactory(SpaceFactory)
    user = factory.SubFactory(MemberFactory)
    reason = "Jeg arbejder med det til daglig."

    class Meta:
        model = network.AccessRequest


def _let_in(user, space):
    network.Membership.objects.get_or_create(user=user, space=space)


class ThreadFactory(factory.Factory):
    space = factory.SubFactory(SpaceFactory)
    author = factory.SubFactory(MemberFactory)
    title = factory.Sequence("Hvordan gør I nummer {}?".format)
    text = "Vi står med det samme. Hvordan har I gjort?"

    class Meta:
        model = network.Thread

    @classmethod
    def _create(cls, _model, *, space, author, title, text):
        _let_in(author, space)
        return start_thread(author, space, title, text)


class PostFactory(factory.Factory):
    thread = factory.SubFactory(ThreadFactory)
    author = factory.SubFactory(MemberFactory)
    text = factory.Sequence("Sådan gjorde vi, nummer {}.".format)

    class Meta:
        model = network.Post

    @classmethod
    def _create(cls, _model, *, thread, author, text, files=()):
        _let_in(author, thread.space)
        return reply(author, thread, text, files=files)


class MeetingFactory(DjangoModelFactory):
    """A meeting in a week, in a space; `space=None, audience="network"` makes one for all."""

    audience = network.Meeting.Audience.SPACE
    space = factory.SubFactory(SpaceFactory)
    title = factory.Sequence("Møde {}".format)
    place = "Rådhuset, lokale 2"
    starts_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=7))
    ends_at = factory.LazyAttribute(lambda meeting: meeting.starts_at + timedelta(hours=2))

    class Meta:
        model = network.Meeting


class QuestionFactory(DjangoModelFactory):
    meeting = factory.SubFactory(MeetingFactory)
    text = factory.Sequence("Hvad gør vi med nummer {}?".format)

    class Meta:
        model = network.Question


def signed_up(meeting, user=None, **kwargs):
    """A member of the meeting's space who has signed up: her seat."""
    from network.seats import sign_up

    user = user or MemberFactory()
    if meeting.space_id:
        _let_in(user, meeting.space)
    return sign_up(user, meeting, **kwargs)
