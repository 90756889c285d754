from django.apps import AppConfig
from wagtail.users.apps import WagtailUsersAppConfig


class PeopleConfig(AppConfig):
    name = "people"
    default = True

    def ready(self):
        from people import receivers  # noqa: F401  connects them


class UsersConfig(WagtailUsersAppConfig):
    """`wagtail.users` with our own forms: one name, no user name."""

    user_viewset = "people.users.PeopleViewSet"
