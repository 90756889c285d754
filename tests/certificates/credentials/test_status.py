from datetime import UTC, datetime
from random import Random

import pytest
from openbadgeslib.ob3.status import decode_encoded_list, set_indices

from certificates.credentials import status
from certificates.credentials.status import SIZE, ListFull
from tests.certificates.credentials.samples import DID, LIST


@pytest.mark.parametrize("index", [0, 7, 8, 131_071])
def test_sets_one_bit(index):
    bits = status.with_bit(status.no_bits(), index)

    assert [number for number in range(SIZE) if status.is_set(bits, number)] == [index]


def test_another_program_reads_the_list():
    bits = status.with_bit(status.with_bit(status.no_bits(), 5), 70_000)

    assert set_indices(decode_encoded_list(status.encode(bits))) == {5, 70_000}


def test_setting_twice_changes_nothing():
    bits = status.with_bit(status.no_bits(), 5)

    assert status.with_bit(bits, 5) == bits


@pytest.mark.parametrize("index", [-1, SIZE])
def test_there_is_no_other_index(index):
    with pytest.raises(IndexError):
        status.with_bit(status.no_bits(), index)
    with pytest.raises(IndexError):
        status.is_set(status.no_bits(), index)


def test_reads_what_it_wrote():
    bits = status.with_bit(status.no_bits(), 94_567)

    assert status.decode(status.encode(bits)) == bits


@pytest.mark.parametrize(
    "text",
    [
        "",
        "H4sI",
        "uH4sI",
        "u!!!",
        status.encode(bytes(10)),
        status.encode(bytes(SIZE)),
        status.encode(status.no_bits())[:-20],
        status.encode(status.no_bits())[:-4],
    ],
)
def test_refuses_another_list(text):
    with pytest.raises(ValueError):
        status.decode(text)


def test_draws_among_the_free_indexes():
    free = {3, 100_000}
    used = set(range(SIZE)) - free

    drawn = {status.draw_index(used, Random(seed)) for seed in range(12)}

    assert drawn == free


def test_draws_over_the_whole_list():
    generator, used = Random(1), set()
    for _ in range(1000):
        used.add(status.draw_index(used, generator))

    assert len(used) == 1000
    by_eighth = [sum(index * 8 // SIZE == part for index in used) for part in range(8)]
    assert min(by_eighth) > 90


def test_a_full_list_is_said_to_be_full():
    with pytest.raises(ListFull):
        status.draw_index(set(range(SIZE)), Random(1))


def test_the_list_as_a_credential():
    bits = status.no_bits()

    made = status.list_credential(LIST, DID, bits, datetime(2026, 11, 22, tzinfo=UTC))

    assert made == {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": LIST,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": DID,
        "validFrom": "2026-11-22T00:00:00Z",
        "credentialSubject": {
            "id": f"{LIST}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": status.encode(bits),
        },
    }
