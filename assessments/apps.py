from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


def make_question_permissions(**kwargs):
    """Make the permissions to publish and to lock a question.

    Wagtail makes them when its own app has been migrated: too late for the roles of
    the rooms further down, which are given them once.
    """
    from wagtail.snippets.models import create_extra_permissions

    create_extra_permissions(apps.get_app_config("wagtailsnippets"))


class AssessmentsConfig(AppConfig):
    name = "assessments"

    def ready(self):
        from assessments import measure, receivers  # noqa: F401  connects them
        from cms.models import companions

        companions["measure"] = measure.companion
        post_migrate.connect(make_question_permissions, sender=self)
