from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoursesConfig(AppConfig):
    name = "courses"

    def ready(self):
        from assessments.results import advisers
        from courses import receivers  # noqa: F401  connects them
        from courses.advice import advise
        from courses.roles import make_roles

        advisers.append(advise)
        post_migrate.connect(make_roles, sender=self)
