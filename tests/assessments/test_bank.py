import numpy as np
import pytest

from assessments.bank import (
    EmptyBank,
    current_parameters,
    current_versions,
    parameters_in_force,
    tables,
)
from assessments.corrections import correct_key
from assessments.models import Calibration, Parameter, ParameterSet, Question
from assessments.placement import LAUNCH, author_difficulty
from assessments.starting import start_placement
from tests.factories import (
    make_framework,
    make_frozen_bank,
    make_learner,
    make_question,
)

pytestmark = pytest.mark.django_db


def test_current_versions_are_the_newest_of_published_placement_questions(db):
    make_framework()
    asked, retired = make_question(), make_question()
    make_question(is_live=False)
    make_question(purpose=Question.Purpose.CHECK)
    retired.unpublish()
    asked.stem_fr = "Nouvelle ?"
    asked.save_revision().publish()

    assert current_versions() == [asked.versions.get(number=2).pk]


def test_a_version_with_a_wrong_key_is_not_replaced_by_an_older_one(db):
    make_framework()
    question = make_question()
    question.stem_fr = "Nouvelle ?"
    question.save_revision().publish()

    correct_key(question.versions.get(number=2), None, "x")

    assert current_versions() == []


def test_the_same_bank_makes_one_set_of_parameters(db):
    make_frozen_bank(per_area=1)

    first, second = current_parameters(), current_parameters()

    assert first == second
    assert ParameterSet.objects.count() == 1
    assert first.parameters.count() == 6
    assert first.settings == LAUNCH.to_dict()


def test_a_changed_bank_makes_the_next_set_and_leaves_the_last_alone(db):
    questions = make_frozen_bank(per_area=1)
    first = current_parameters()
    before = set(first.parameters.values_list("question_version", flat=True))

    questions[0].stem_fr = "Nouvelle ?"
    questions[0].save_revision().publish()
    second = current_parameters()

    assert (first.number, second.number) == (1, 2)
    after = set(first.parameters.values_list("question_version", flat=True))
    assert after == before
    assert set(second.parameters.values_list("question_version", flat=True)) != before


def test_a_bank_back_in_an_earlier_state_uses_the_set_of_that_state(db):
    questions = make_frozen_bank(per_area=2)
    first = current_parameters()
    questions[0].unpublish()
    second = current_parameters()
    assert parameters_in_force() == second

    questions[0].refresh_from_db()
    questions[0].save_revision().publish()

    assert current_parameters() == parameters_in_force() == first
    assert (first.number, second.number) == (1, 2)


def test_until_a_placement_begins_anew_the_set_of_the_last_one_is_in_use(db):
    questions = make_frozen_bank(per_area=2)
    first = start_placement(make_learner(), "fr").parameter_set
    questions[0].unpublish()
    current_parameters()  # made, and no placement began with it
    questions[1].unpublish()

    assert parameters_in_force() == first
    assert ParameterSet.objects.count() == 2


def test_no_set_is_in_use_before_the_first(db):
    make_frozen_bank(per_area=1)

    assert parameters_in_force() is None
    assert ParameterSet.objects.count() == 0


def test_a_calibration_is_in_use_from_the_next_placement_on(db):
    make_frozen_bank(per_area=1)
    before = current_parameters()
    Calibration.objects.create(
        number=1, attempt_count=9, answer_count=99, settings={"maximum_questions": 30}
    )

    waiting, after = parameters_in_force(), current_parameters()

    assert (waiting, parameters_in_force()) == (before, after)
    assert (before.calibration, after.calibration.number) == (None, 1)


def test_a_set_made_at_the_same_moment_is_shared(db, monkeypatch):
    make_frozen_bank(per_area=1)
    from assessments import bank

    make_parameters = bank.make_parameters

    def make_twice(*args):
        make_parameters(*args)
        return make_parameters(*args)

    monkeypatch.setattr(bank, "make_parameters", make_twice)

    assert current_parameters() == ParameterSet.objects.get()
    assert Parameter.objects.count() == 6


def test_a_bank_without_a_published_question_is_said(db):
    with pytest.raises(EmptyBank):
        current_parameters()

    assert ParameterSet.objects.count() == 0


def test_tables_are_the_bank_as_arrays(db):
    make_framework()
    matching = make_question("matching", competence="C1", level=5, topic="pairs")
    single = make_question(competence="A1", level=2, topic="one", stem_en="")

    its_tables = tables(current_parameters().pk)

    versions = [matching.versions.get().pk, single.versions.get().pk]
    assert its_tables.versions == versions
    assert its_tables.rows == {versions[0]: 0, versions[1]: 1}
    assert its_tables.bank.size == 2
    np.testing.assert_array_equal(its_tables.languages["fr"], [True, True])
    np.testing.assert_array_equal(its_tables.languages["en"], [True, False])
    np.testing.assert_array_equal(its_tables.topics, [1, 0])
    stored = Parameter.objects.order_by("question_version")
    assert [p.difficulty for p in stored] == [
        author_difficulty(5),
        author_difficulty(2),
    ]


def test_a_mask_marks_the_rows_of_versions_and_ignores_strangers(db):
    make_frozen_bank(per_area=1)
    its_tables = tables(current_parameters().pk)
    known = its_tables.versions[3]

    np.testing.assert_array_equal(
        its_tables.mask([known, 10**9]), [row == 3 for row in range(6)]
    )


def test_tables_are_read_once_a_process(db, django_assert_num_queries):
    make_frozen_bank(per_area=1)
    parameters = current_parameters()
    tables(parameters.pk)

    with django_assert_num_queries(0):
        tables(parameters.pk)
