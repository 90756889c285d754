"""Makes the learners of the benchmark, each with one lesson of a module left to read.

Run on the server's folder, in a process of its own:
python -m courses.benchmark.people 24
"""

import json
import sys

import django

django.setup()

from allauth.account.models import EmailAddress  # noqa: E402
from django.contrib.auth.hashers import make_password  # noqa: E402
from django.db import transaction  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402
from django.utils.translation import override  # noqa: E402

from assessments.models import Attempt  # noqa: E402
from cms.addresses import page_url  # noqa: E402
from courses.models import CheckPage, LessonPage, ModulePage  # noqa: E402
from courses.progress import begin_module, mark_done  # noqa: E402
from people.models import User  # noqa: E402

MODULE = "M03"
LANGUAGE = "fr"
PASSWORD = "sentier-des-cretes-27"


@transaction.atomic
def make_learners(count, has_passed):
    """Return the e-mail addresses of new learners, with their check passed or to do."""
    module = ModulePage.objects.get(code=MODULE, locale__language_code=LANGUAGE)
    lessons = list(LessonPage.objects.child_of(module).live())
    password = make_password(PASSWORD)
    kind = "passed" if has_passed else "check"
    emails = []
    for number in range(count):
        email = f"{kind}-{number}@demo.repere"
        learner = User.objects.create(
            email=email, name=f"Inès Belkacem {number}", password=password
        )
        EmailAddress.objects.create(
            user=learner, email=email, verified=True, primary=True
        )
        begin_module(learner, module)
        for lesson in lessons[:-1]:
            mark_done(learner, lesson)
        if has_passed:
            pass_check(learner, module)
        emails.append(email)
    return emails


def pass_check(learner, module):
    check = CheckPage.objects.child_of(module).get()
    attempt = Attempt.objects.create(
        learner=learner,
        purpose=Attempt.Purpose.CHECK,
        step_key=check.translation_key,
        pass_mark=check.pass_mark,
        language=LANGUAGE,
        seed=1,
        finished_at=timezone.now(),
        score=1,
    )
    mark_done(learner, check, attempt)


def addresses():
    module = ModulePage.objects.get(code=MODULE, locale__language_code=LANGUAGE)
    lesson = LessonPage.objects.child_of(module).live().last()
    check = CheckPage.objects.child_of(module).get()
    with override(LANGUAGE):
        return {
            "sign_in": reverse("account_login"),
            "dashboard": reverse("courses:dashboard"),
            "placement": reverse("assessments:placement"),
            "start": reverse("assessments:start"),
            "stop": reverse("assessments:stop", args=[module.translation_key]).replace(
                str(module.translation_key), "{attempt}"
            ),
            "lesson": page_url(lesson.url_path, LANGUAGE),
            "check": page_url(check.url_path, LANGUAGE),
            "certificate": reverse(
                "certificates:for_module", args=[module.translation_key]
            ),
        }


if __name__ == "__main__":
    count = int(sys.argv[1])
    print(
        json.dumps(
            {
                "password": PASSWORD,
                "module": MODULE,
                "with_check": make_learners(count, has_passed=False),
                "without_check": make_learners(count, has_passed=True),
                "addresses": addresses(),
            }
        )
    )
