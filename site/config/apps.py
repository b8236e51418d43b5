from wagtail.users.apps import WagtailUsersAppConfig


class UsersConfig(WagtailUsersAppConfig):
    """Wagtail's list of people, as the network makes them."""

    user_viewset = "network.member_viewset.PeopleViewSet"
