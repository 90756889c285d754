import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from openbadgeslib.ob3.did import multikey_from_pem

from certificates import keys
from certificates.keys import CannotUnlock, NotAllowed, PublicKey, State

PASSPHRASE = "correct-horse-battery-staple-0123456789"
W3C_KEY = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"


def pem_of(key):
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def test_two_keys_are_never_the_same():
    made = {keys.multikey(keys.make_key().public_key()) for _ in range(3)}

    assert len(made) == 3


def test_a_locked_key_opens_with_its_passphrase():
    key = keys.make_key()

    opened = keys.unlock(keys.lock(key, PASSPHRASE), PASSPHRASE)

    assert opened.private_bytes_raw() == key.private_bytes_raw()


def test_a_locked_key_does_not_show_its_secret():
    key = keys.make_key()

    locked = keys.lock(key, PASSPHRASE)

    assert locked.startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
    assert keys.lock(key, PASSPHRASE) != locked


def test_a_short_passphrase_is_refused():
    with pytest.raises(ValueError, match="has 5 characters: give at least 32"):
        keys.lock(keys.make_key(), "short")


@pytest.mark.parametrize(
    "passphrase, message",
    [("", "is not set"), (PASSPHRASE + "x", "does not open")],
)
def test_another_passphrase_does_not_open(passphrase, message):
    locked = keys.lock(keys.make_key(), PASSPHRASE)

    with pytest.raises(CannotUnlock, match=message) as error:
        keys.unlock(locked, passphrase)

    assert error.value.__cause__ is None
    assert PASSPHRASE not in str(error.value)


def test_a_key_in_clear_is_refused():
    clear = (
        keys.make_key()
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode()
    )

    with pytest.raises(CannotUnlock, match="not a locked"):
        keys.unlock(clear, PASSPHRASE)


def test_a_damaged_key_is_refused():
    lines = keys.lock(keys.make_key(), PASSPHRASE).splitlines()
    damaged = "\n".join([lines[0], lines[1][::-1], *lines[2:]])

    with pytest.raises(CannotUnlock):
        keys.unlock(damaged, PASSPHRASE)


def test_a_key_of_another_kind_is_refused():
    locked = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(PASSPHRASE.encode()),
    )

    with pytest.raises(CannotUnlock, match="not an Ed25519 key"):
        keys.unlock(locked.decode(), PASSPHRASE)


def test_multikey_is_the_one_of_another_program():
    key = keys.make_key().public_key()

    assert keys.multikey(key) == multikey_from_pem(pem_of(key))


def test_multikey_is_read_and_written():
    assert keys.multikey(keys.read_multikey(W3C_KEY)) == W3C_KEY


@pytest.mark.parametrize("text", ["", "z", W3C_KEY[1:], W3C_KEY[:-3], "z" + "0" * 47])
def test_another_text_is_no_multikey(text):
    with pytest.raises(ValueError):
        keys.read_multikey(text)


@pytest.mark.parametrize(
    "content, text",
    [
        (b"", ""),
        (b"\0", "1"),
        (b"Hello World!", "2NEpo7TZRRrLZSi2U"),
        (b"\0\0\x28\x7f\xb4\xcd", "11233QC4"),
    ],
)
def test_base58_of_its_specification(content, text):
    assert keys.to_base58(content) == text
    assert keys.from_base58(text) == content


@pytest.mark.parametrize(
    "names, expected",
    [
        ([], "certificates-2026-1"),
        (["certificates-2025-4"], "certificates-2026-1"),
        (["certificates-2026-1", "certificates-2026-9"], "certificates-2026-10"),
        (["certificates-2026-x"], "certificates-2026-1"),
    ],
)
def test_next_name(names, expected):
    assert keys.next_name(names, 2026) == expected


@pytest.mark.parametrize(
    "state, allowed",
    [
        (State.NEXT, {State.ACTIVE, State.COMPROMISED}),
        (State.ACTIVE, {State.RETIRED, State.COMPROMISED}),
        (State.RETIRED, {State.COMPROMISED}),
        (State.COMPROMISED, set()),
    ],
)
def test_what_becomes_of_a_key(state, allowed):
    reached = set()
    for new in State:
        try:
            reached.add(keys.change(state, new))
        except NotAllowed as error:
            assert str(error) == f"A key that is {state} cannot become {new}."

    assert reached == allowed


@pytest.mark.parametrize(
    "state, published, trusted",
    [
        (State.NEXT, True, False),
        (State.ACTIVE, True, True),
        (State.RETIRED, True, True),
        (State.COMPROMISED, False, False),
    ],
)
def test_which_keys_are_shown_and_trusted(state, published, trusted):
    key = PublicKey("certificates-2026-1", W3C_KEY, state)

    assert (key.is_published, key.is_trusted) == (published, trusted)
