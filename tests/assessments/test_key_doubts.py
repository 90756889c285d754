import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connections

from assessments import corrections, key_doubts
from assessments.corrections import Preview, correct_key, preview
from assessments.models import CorrectedResult, KeyCorrection, KeyDoubt
from assessments.replay import values_of
from assessments.starting import start_placement
from tests.assessments.test_corrections import moved_version
from tests.assessments.test_replay import take
from tests.factories import make_frozen_bank, make_learner, make_person

State = KeyDoubt.State


@pytest.fixture
def attempts(db, one_seed):
    """Three placements with the same questions and the same answers."""
    make_frozen_bank()
    return [take(start_placement(make_learner(), "fr"), seed=4) for _n in range(3)]


@pytest.fixture
def version(attempts):
    return moved_version(attempts[0])


@pytest.fixture
def maker(db):
    return make_person("Aïcha Moreau")


@pytest.fixture
def in_small_lots(monkeypatch):
    """Lots of one result, without the pause between them."""
    monkeypatch.setattr(corrections, "AT_ONCE", 1)
    monkeypatch.setattr(corrections, "BREATH", 0)


@pytest.fixture
def left(monkeypatch):
    """What is left to the background: primary keys of doubts."""
    found = []
    monkeypatch.setattr(key_doubts, "launch", found.append)
    return found


def test_what_is_counted_is_what_the_preview_says(version, maker):
    doubt = key_doubts.raise_doubt(version, maker, "two were right")

    assert doubt.state == State.COUNTED
    assert Preview.from_dict(doubt.counts) == preview(version)
    assert preview(version).changed_count > 0
    assert (doubt.done, doubt.total, doubt.percent) == (3, 3, 100)


def test_a_result_taken_back_survives_the_database(db):
    """A move to no result at all is None, and None it stays."""
    moves = {((3, 5), None): 2, ((3, 5), (4, 5)): 9}
    found = Preview(20, 11, 11, corrections.Counter(moves), 0, 0)

    assert Preview.from_dict(found.to_dict()) == found


def test_many_results_are_left_to_the_background(
    version, maker, left, in_small_lots, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        doubt = key_doubts.raise_doubt(version, maker, "x")

    assert left == [doubt.pk]
    assert (doubt.state, doubt.total, doubt.done) == (State.COUNTING, 3, 0)


def test_progress_is_noted_result_by_result(
    version, maker, left, in_small_lots, monkeypatch
):
    doubt = key_doubts.raise_doubt(version, maker, "x")
    heard, note = [], key_doubts.note_progress

    def hear(doubt_id, done):
        note(doubt_id, done)
        doubt.refresh_from_db()
        heard.append((done, doubt.done, doubt.percent))

    monkeypatch.setattr(key_doubts, "note_progress", hear)

    key_doubts.work(doubt.pk)

    assert heard == [(1, 1, 33), (2, 2, 66), (3, 3, 100)]


def test_confirmed_twice_it_is_corrected_once_and_told_once(
    attempts, version, maker, django_capture_on_commit_callbacks
):
    doubt = key_doubts.raise_doubt(version, make_person("Paul Petit"), "two were right")

    with django_capture_on_commit_callbacks(execute=True):
        key_doubts.confirm(doubt, maker)
        key_doubts.confirm(doubt, maker)
        key_doubts.work(doubt.pk)

    doubt.refresh_from_db()
    correction = KeyCorrection.objects.get()
    assert (doubt.state, correction.made_by) == (State.MENDED, maker)
    assert correction.is_under_way is False
    assert len(mail.outbox) == CorrectedResult.objects.count() == len(attempts)


def test_nothing_is_mended_before_it_was_counted(version, maker, left, in_small_lots):
    doubt = key_doubts.raise_doubt(version, maker, "x")

    key_doubts.confirm(doubt, maker)

    assert doubt.state == State.COUNTING
    assert KeyCorrection.objects.count() == 0


def test_cut_short_a_correction_goes_on_and_each_learner_is_told_once(
    attempts,
    version,
    maker,
    monkeypatch,
    in_small_lots,
    left,
    django_capture_on_commit_callbacks,
):
    expected = [values_of(found) for found in mended_elsewhere(attempts, version)]
    doubt = key_doubts.raise_doubt(version, maker, "x")
    key_doubts.work(doubt.pk)
    key_doubts.confirm(doubt, maker)
    mend_lot = corrections.mend_lot

    def dies_at_the_second(some, correction):
        if CorrectedResult.objects.exists():
            raise KeyboardInterrupt
        mend_lot(some, correction)

    monkeypatch.setattr(corrections, "mend_lot", dies_at_the_second)
    with django_capture_on_commit_callbacks(execute=True):
        with pytest.raises(KeyboardInterrupt):
            key_doubts.work(doubt.pk)
        assert CorrectedResult.objects.count() == 1
        monkeypatch.setattr(corrections, "mend_lot", mend_lot)
        call_command("finish_corrections")
        call_command("finish_corrections")

    doubt.refresh_from_db()
    assert doubt.state == State.MENDED
    assert CorrectedResult.objects.count() == len(mail.outbox) == 3
    assert [values_of(a.placements.all()) for a in attempts] == expected


def mended_elsewhere(attempts, version):
    """Return the results that a correction of the key leads to, unsaved."""
    changes = corrections.changes_among([a.pk for a in attempts], version)
    after = {change.attempt.pk: change.after for change in changes}
    return [after[attempt.pk] for attempt in attempts]


def test_a_doubt_about_a_key_corrected_meanwhile_mends_nothing_more(version, maker):
    doubt = key_doubts.raise_doubt(version, maker, "said twice")
    correct_key(version, None, "said first")
    count = CorrectedResult.objects.count()

    key_doubts.confirm(doubt, maker)

    doubt.refresh_from_db()
    assert doubt.state == State.MENDED
    assert KeyCorrection.objects.get().reason == "said first"
    assert CorrectedResult.objects.count() == count == 3


def test_without_a_worker_process_it_is_done_beside_the_page(db, monkeypatch):
    begun = []

    class Thread:
        def __init__(self, target, args, daemon):
            begun.append((target, args, daemon))

        def start(self):
            begun.append("started")

    monkeypatch.setattr(key_doubts.threading, "Thread", Thread)

    key_doubts.launch(7)

    assert begun == [(key_doubts.work_apart, [7], True), "started"]


def test_with_a_worker_process_it_is_left_to_it(db, monkeypatch, settings):
    settings.TASKS = {
        "default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}
    }

    key_doubts.launch(7)

    [result] = key_doubts.task_backends["default"].results
    assert (result.task.func, result.args) == (key_doubts.work_on_doubt.func, [7])


def test_a_thread_that_breaks_down_says_so_and_closes_its_connection(
    db, monkeypatch, caplog
):
    closed = []
    monkeypatch.setattr(connections, "close_all", lambda: closed.append(True))

    key_doubts.work_apart(0)  # there is no such doubt

    assert closed == [True]
    assert "Correction 0 stopped: it can be begun again." in caplog.text
