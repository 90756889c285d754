from allauth.account.auth_backends import AuthenticationBackend

from people.models import User


class Backend(AuthenticationBackend):
    """allauth's own, except that the roles come with the user, in the same query."""

    def get_user(self, user_id):
        user = User.objects.with_roles().filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
