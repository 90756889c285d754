from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoursesConfig(AppConfig):
    name = "courses"

    def ready(self):
        from assessments.results import advisers
        from cms.models import reasons_to_keep
        from courses import receivers  # noqa: F401  connects them
        from courses.advice import advise
        from courses.models.progress import has_progress_under
        from courses.roles import make_roles

        advisers.append(advise)
        reasons_to_keep.append(has_progress_under)
        post_migrate.connect(make_roles, sender=self)
