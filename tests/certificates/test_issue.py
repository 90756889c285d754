import unicodedata
from datetime import date
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.models import Attempt
from certificates import life, looks
from certificates.issue import achievement_of, issue_certificate, months_later
from certificates.models import (
    Certificate,
    CertificateFrozen,
    Event,
    StatusList,
)
from certificates.models.credentials import STATUS_LIST_SIZE
from certificates.paths import issue_path_certificate
from certificates.pdf import UnprintableName
from courses.models import CheckPage, ModulePage, ModuleWork
from courses.signals import module_completed
from people.models import Membership
from tests.certificates.factories import (
    UserFactory,
    finish_module,
    make_attempt,
    make_certificate,
    make_module,
    make_of_kind,
)
from tests.certificates.test_looks import make_template
from tests.courses.factories import make_assignment
from tests.courses.paths import make_path
from tests.factories import make_organisation

pytestmark = pytest.mark.django_db


def end_module(learner, module, attempt=None):
    return module_completed.send(
        sender=ModuleWork, learner=learner, module=module, attempt=attempt
    )


def test_facts_are_all_that_the_document_says():
    learner = UserFactory(name="  Zoe\u0308   Diallo ", email="zoe@example.org")
    module = make_module()
    today = timezone.localdate().isoformat()
    ModuleWork.objects.create(
        learner=learner, module_key=module.translation_key, done_at=timezone.now()
    )

    certificate = issue_certificate(learner, module, make_attempt(learner, module))

    assert certificate.facts == {
        "name": unicodedata.normalize("NFC", "Zoe\u0308 Diallo"),
        "module_code": "M04",
        "module_title": "Guider à l’écran sans voir l’écran",
        "module_version": "2026-1",
        "objectives": ["préparer un appel", "conclure par une suite datée"],
        "competences": [{"code": "F2", "name": "Guider à distance, pas à pas"}],
        "framework": "Référentiel de compétences Repère",
        "duration_minutes": 90,
        "score_percent": 88,
        "started_on": today,
        "finished_on": today,
        "issued_on": today,
        "issuer": "Repère",
        "language": "fr",
    }
    assert certificate.language == "fr"


def test_an_english_module_gives_an_english_certificate():
    facts = make_certificate(module=make_module("en")).facts
    assert facts["language"] == "en"
    assert facts["framework"] == "Repère competence framework"
    assert facts["competences"][0]["name"] == "Guide at a distance, step by step"


def test_issued_once_even_when_asked_twice():
    learner, module = UserFactory(), make_module()
    attempt = make_attempt(learner, module)
    end_module(learner, module, attempt)
    end_module(learner, module, attempt)
    again = issue_certificate(learner, module, attempt)
    assert list(Certificate.objects.all()) == [again]


def test_the_database_refuses_a_second_one():
    certificate = make_certificate()
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.create(
            holder=certificate.holder,
            module_key=certificate.module_key,
            idempotency_key=certificate.idempotency_key,
            facts=certificate.facts,
            language="fr",
        )


def test_a_module_ended_by_a_lesson_takes_the_best_passed_attempt():
    learner, module = UserFactory(), make_module()
    for score in [0.5, 0.75, 1.0]:
        make_attempt(learner, module, score)
    make_attempt(UserFactory(), module, 0.9)
    end_module(learner, module)
    assert Certificate.objects.get().facts["score_percent"] == 100


def test_without_any_passed_attempt_no_score_is_claimed():
    learner, module = UserFactory(), make_module()
    make_attempt(learner, module, 0.5)
    end_module(learner, module)
    assert Certificate.objects.get().facts["score_percent"] is None


def test_a_module_without_a_check_gives_none():
    end_module(UserFactory(), make_module(code="M00", with_check=False))
    assert not Certificate.objects.exists()


def test_issuing_is_an_event_and_has_a_place_in_the_status_list():
    certificate = make_certificate()
    [event] = certificate.events.all()
    assert (event.kind, event.actor) == (Event.Kind.ISSUED, None)
    assert certificate.status_list == StatusList.objects.get(organisation=None)
    assert 0 <= certificate.status_index < STATUS_LIST_SIZE


def test_signing_is_asked_for_after_the_commit(
    monkeypatch, django_capture_on_commit_callbacks
):
    asked = []
    task = SimpleNamespace(enqueue=asked.append)
    monkeypatch.setattr("certificates.issue.sign_certificate", task)
    with django_capture_on_commit_callbacks(execute=True):
        certificate = make_certificate()
        assert asked == []
    assert asked == [str(certificate.pk)]


def test_the_certificate_stands_when_signing_fails(
    monkeypatch, django_capture_on_commit_callbacks
):
    def fail(pk):
        raise OSError("disk")

    task = SimpleNamespace(enqueue=fail)
    monkeypatch.setattr("certificates.issue.sign_certificate", task)
    with django_capture_on_commit_callbacks(execute=True):
        certificate = make_certificate()
    assert Certificate.objects.get() == certificate


def test_the_end_of_validity_is_a_fact():
    module = make_module()
    module.validity_months = 24
    module.save()
    certificate = make_certificate(module=module)
    expected = months_later(timezone.localdate(), 24)
    assert certificate.valid_until == expected
    assert certificate.facts["valid_until"] == expected.isoformat()


@pytest.mark.parametrize(
    "day, months, expected",
    [
        (date(2026, 11, 22), 24, date(2028, 11, 22)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
        (date(2026, 1, 15), 12, date(2027, 1, 15)),
    ],
)
def test_months_later(day, months, expected):
    assert months_later(day, months) == expected


def test_a_failing_issue_undoes_the_end_of_the_module(monkeypatch):
    monkeypatch.setattr("certificates.issue.facts_of", lambda *args: 1 / 0)
    learner, module = UserFactory(), make_module()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        ModuleWork.objects.create(learner=learner, module_key=module.translation_key)
        end_module(learner, module)
    assert not ModuleWork.objects.exists()


def test_later_changes_of_names_and_titles_change_nothing():
    learner, module = UserFactory(), make_module()
    certificate = make_certificate(learner, module)
    before = dict(certificate.facts)
    learner.name = "Somebody Else"
    learner.save()
    module.title, module.version, module.minutes = "Another title", "2030-1", 5
    module.save()

    again = issue_certificate(learner, module)

    assert (again.pk, again.facts) == (certificate.pk, before)


def test_saving_a_change_is_refused():
    certificate = make_certificate()
    certificate.facts["name"] = "Somebody Else"
    with pytest.raises(CertificateFrozen):
        certificate.save()
    with pytest.raises(CertificateFrozen):
        certificate.save(update_fields=["holder", "facts"])
    certificate.holder = None
    certificate.save(update_fields=["holder"])
    certificate.refresh_from_db()
    assert certificate.holder is None
    assert certificate.facts["name"] == "Awa Ndiaye"


def test_closing_the_account_leaves_the_certificate_to_be_checked():
    certificate = make_certificate()
    certificate.holder.delete()
    certificate.refresh_from_db()
    assert certificate.holder is None
    assert certificate.facts["name"] == "Awa Ndiaye"


@pytest.mark.parametrize("name", ["王小明", "Awa 🙂", "", "a" * 121])
def test_a_name_that_cannot_be_printed_is_refused_with_a_sentence(name):
    learner, module = UserFactory(name=name), make_module()
    attempt = make_attempt(learner, module)
    with pytest.raises(UnprintableName) as refusal:
        issue_certificate(learner, module, attempt)
    assert all(sentence.endswith(".") for sentence in refusal.value.sentences)
    assert not Certificate.objects.exists()
    assert not Event.objects.exists()


def test_a_name_that_cannot_be_printed_does_not_undo_the_end_of_the_module():
    learner, module = UserFactory(name="王小明"), make_module()
    attempt = make_attempt(learner, module)
    [(_receiver, problem)] = end_module(learner, module, attempt)
    assert problem is None
    assert not Certificate.objects.exists()


def test_a_taken_place_in_the_status_list_is_drawn_again(monkeypatch):
    module = make_module()
    first = make_certificate(module=module)
    draws = iter([first.status_index, first.status_index, 7, 8, 9])
    monkeypatch.setattr(
        "certificates.issue.secrets.randbelow", lambda size: next(draws)
    )

    second = make_certificate(UserFactory(), module)

    assert second.status_list == first.status_list
    assert second.status_index == 7


def test_a_full_status_list_is_followed_by_another(monkeypatch):
    module = make_module()
    first = make_certificate(module=module)
    monkeypatch.setattr(
        "certificates.issue.secrets.randbelow", lambda size: first.status_index
    )

    second = make_certificate(UserFactory(), module)

    assert second.status_list.number == first.status_list.number + 1


# --- how much it costs ----------------------------------------------------------------


def queries_of(do):
    """Return how many queries a deed takes inside the transaction of what earned it."""
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        do()
    return len(queries)


def test_a_module_takes_eight_queries_and_seven_for_who_has_one():
    module, other = make_module(), make_module(code="M05")
    for known in (module, other):
        make_certificate(UserFactory(), known)
    learner = UserFactory()
    attempts = [finish_module(learner, each) for each in (module, other)]
    # As a request reads them: not even their language is known yet.
    module, other = ModulePage.objects.filter(pk__in=[module.pk, other.pk])

    taken = [
        queries_of(lambda: issue_certificate(learner, module, attempts[0])),
        queries_of(lambda: issue_certificate(learner, other, attempts[1])),
    ]

    assert taken == [8, 7]
    assert learner.certificates.count() == 2


def test_asked_again_it_takes_seven_queries():
    module = make_module()
    certificate = make_certificate(module=module)
    attempt = Attempt.objects.get()

    def again():
        assert issue_certificate(certificate.holder, module, attempt) == certificate

    assert queries_of(again) == 7


def test_the_very_first_of_a_module_makes_what_the_next_ones_find():
    learner, module = UserFactory(), make_module()
    attempt = finish_module(learner, module)
    taken = queries_of(lambda: issue_certificate(learner, module, attempt))
    # And: the pass mark, a version of the achievement (4), a status list (4).
    assert taken == 8 + 9


def test_who_issues_for_many_asks_for_the_achievement_once():
    module = make_module()
    make_certificate(module=module)
    achievement, learner = achievement_of(module), UserFactory()
    attempt = finish_module(learner, module)
    taken = queries_of(lambda: issue_certificate(learner, module, attempt, achievement))
    assert taken == 6


@pytest.mark.parametrize("kind", ["path", "placement", "attendance", "history"])
def test_the_other_kinds_take_five_queries_beside_their_facts(kind):
    make_of_kind(kind)
    learner = UserFactory()
    # Where it goes, a salt, the certificate, whether it is there, its event.
    assert queries_of(lambda: make_of_kind(kind, learner)) == 5


@pytest.mark.parametrize("count", [2, 5])
def test_a_path_takes_as_many_queries_for_two_modules_as_for_five(count):
    learner = UserFactory()
    modules = [make_module(code=f"M{n}") for n in range(count)]
    for module in modules:
        make_certificate(learner, module)
    path = make_path(*modules)
    certificates = []

    taken = queries_of(
        lambda: certificates.append(issue_path_certificate(learner, path))
    )

    assert taken == 11
    assert certificates[0].listings.count() == count


def test_the_facts_are_those_of_the_achievement():
    """What a module was called, when many are issued at once, is said of all alike."""
    learner, module = UserFactory(), make_module()
    achievement = achievement_of(module)
    module.title, module.minutes = "Another title", 5
    certificate = issue_certificate(
        learner, module, finish_module(learner, module), achievement
    )
    assert certificate.facts["module_title"] == achievement.content["name"]
    assert certificate.facts["competences"] == achievement.content["competences"]
    assert certificate.facts["duration_minutes"] == 90


def test_another_pass_mark_is_another_version_and_changes_nothing_issued():
    module = make_module()
    certificate = make_certificate(module=module)
    CheckPage.objects.child_of(module).update(pass_mark=0.5)

    other = make_certificate(UserFactory(), module)

    marks = [each.achievement.content["pass_percent"] for each in (certificate, other)]
    assert marks == [75, 50]
    assert other.achievement.number == certificate.achievement.number + 1


# --- in whose look --------------------------------------------------------------------


@pytest.fixture
def ours():
    return make_organisation()


@pytest.fixture
def looks_of(ours):
    """The published looks: of the platform, and of the organisation."""
    return {owner: looks.freeze(make_template(owner), {}) for owner in (None, ours)}


def assigned(*pairs, organisation, is_member=True):
    """Have an organisation assign modules to learners who are its members."""
    left_on = None if is_member else timezone.localdate()
    for learner, module in pairs:
        Membership.objects.get_or_create(
            organisation=organisation, user=learner, defaults={"left_on": left_on}
        )
        make_assignment(learner, module, organisation)


def test_what_an_organisation_assigned_has_its_look(ours, looks_of):
    learner, module = UserFactory(), make_module()
    assigned((learner, module), organisation=ours)
    certificate = make_certificate(learner, module)
    assert certificate.template_version == looks_of[ours]
    # The look is lent; who issues stays the platform.
    assert (certificate.organisation, certificate.facts["issuer"]) == (None, "Repère")


def test_what_one_takes_up_oneself_has_the_look_of_the_platform(ours, looks_of):
    learner, module, other = UserFactory(), make_module(), make_module(code="M05")
    assigned((learner, other), (UserFactory(), module), organisation=ours)
    assert make_certificate(learner, module).template_version == looks_of[None]


def test_who_has_left_has_the_look_of_the_platform(ours, looks_of):
    learner, module = UserFactory(), make_module()
    assigned((learner, module), organisation=ours, is_member=False)
    assert make_certificate(learner, module).template_version == looks_of[None]


def test_assigned_by_two_it_has_the_look_of_the_platform(ours, looks_of):
    theirs = make_organisation("Maison des solidarités")
    learner, module = UserFactory(), make_module()
    for organisation in (ours, theirs):
        assigned((learner, module), organisation=organisation)
    assert make_certificate(learner, module).template_version == looks_of[None]


def test_an_organisation_without_a_template_leaves_the_look_of_the_platform(looks_of):
    theirs = make_organisation("Maison des solidarités")
    learner, module = UserFactory(), make_module()
    assigned((learner, module), organisation=theirs)
    assert make_certificate(learner, module).template_version == looks_of[None]


def test_without_any_template_there_is_none_to_pin(ours):
    learner, module = UserFactory(), make_module()
    assigned((learner, module), organisation=ours)
    assert make_certificate(learner, module).template_version is None


@pytest.mark.parametrize("assigned_count", [2, 1])
def test_a_path_has_the_look_of_who_assigned_all_of_it(ours, looks_of, assigned_count):
    learner = UserFactory()
    modules = [make_module(code=f"M{n}") for n in range(2)]
    some = [(learner, module) for module in modules[:assigned_count]]
    assigned(*some, organisation=ours)
    for module in modules:
        make_certificate(learner, module)

    certificate = issue_path_certificate(learner, make_path(*modules))

    owner = ours if assigned_count == 2 else None
    assert certificate.template_version == looks_of[owner]


def test_a_replacement_keeps_the_look_in_its_newest_version(ours, looks_of):
    learner, module = UserFactory(), make_module()
    assigned((learner, module), organisation=ours)
    former = make_certificate(learner, module)
    learner.assignments.all().delete()
    template = looks_of[ours].template
    template.accent = "#8a1c5b"
    newest = looks.freeze(template, {})
    assert life.replace(former, None, "name").template_version == newest


def test_a_document_of_the_platform_is_replaced_by_one_of_the_platform(ours, looks_of):
    learner, module = UserFactory(), make_module()
    former = make_certificate(learner, module)
    assigned((learner, module), organisation=ours)
    assert life.replace(former, None, "name").template_version == looks_of[None]
