from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import get_user_model

from network.bell import with_bell


class MemberBackend(AuthenticationBackend):
    """Sign-in by e-mail; the person comes with profile, municipality and the number at the bell in the one query that
    finds the account.
    """

    def get_user(self, user_id):
        people = with_bell(get_user_model().objects.select_related("profile__municipality"))
        user = people.filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
