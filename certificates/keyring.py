"""The signing keys of each issuer: made, put to use, retired, declared compromised.

An issuer is an organisation, or None: the platform itself.
"""

from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from certificates import keys, secrets
from certificates.credentials import did
from certificates.keys import NotAllowed, PublicKey, State
from certificates.models import SigningKey
from people.models import Organisation

# A key is published this long before it signs: caches know it in time.
PUBLISHED_BEFORE = timedelta(days=30)


class NoKey(Exception):
    """The issuer has no key that signs: what waits is signed once there is one."""


def did_of(issuer: Organisation | None) -> str:
    if issuer is None:
        return did.platform(settings.SITE_URL)
    return did.organisation(settings.SITE_URL, issuer.slug)


def name_of(issuer: Organisation | None) -> str:
    return issuer.name if issuer else settings.WAGTAIL_SITE_NAME


def keys_of(issuer):
    return SigningKey.objects.filter(organisation=issuer).order_by("pk")


def all_keys() -> list[SigningKey]:
    """Return all keys, the platform's first, each issuer's in order of making."""
    keys = SigningKey.objects.select_related("organisation")
    return sorted(
        keys,
        key=lambda key: (
            key.organisation is not None,
            name_of(key.organisation),
            key.pk,
        ),
    )


def public(key: SigningKey) -> PublicKey:
    return PublicKey(key.name, key.public, State(key.state))


def active_key(issuer) -> SigningKey:
    """Return the key that signs; an issuer that never had one gets its first.

    Raises NoKey when all its keys have ended, SecretMissing.
    """
    found = keys_of(issuer).filter(state=State.ACTIVE).first()
    if found:
        return found
    if keys_of(issuer).exists():
        raise NoKey(
            f"{name_of(issuer)} has no key that signs. Make one: "
            f"{command('create', issuer)}"
        )
    try:
        return create(issuer)
    except IntegrityError:  # made at the same moment, by another worker
        return keys_of(issuer).get(state=State.ACTIVE)


def command(deed, issuer):
    """Return what an administrator types for a deed on an issuer's keys."""
    whose = f" --organisation {issuer.slug}" if issuer else ""
    return f"python manage.py certificate_key {deed}{whose}"


def private_half(key: SigningKey) -> Ed25519PrivateKey:
    """Return what signs. Raises SecretMissing, CannotUnlock."""
    return keys.unlock(bytes(key.secret).decode(), secrets.passphrase())


@transaction.atomic
def create(issuer) -> SigningKey:
    """Make a key: it signs at once when no other does, else it is published as next.

    Raises NotAllowed when one is waiting already, SecretMissing.
    """
    passphrase = secrets.passphrase()
    present = list(keys_of(issuer).select_for_update(of=("self",)))
    states = {key.state for key in present}
    if State.NEXT in states:
        raise NotAllowed(
            f"{name_of(issuer)} has a next key already. To put it to use: "
            f"{command('rotate', issuer)}"
        )
    state = State.NEXT if State.ACTIVE in states else State.ACTIVE
    return make(issuer, [key.name for key in present], state, passphrase)


def make(issuer, names, state, passphrase):
    """Return a new key, named after those that the issuer has had."""
    now, pair = timezone.now(), keys.make_key()
    return SigningKey.objects.create(
        organisation=issuer,
        name=keys.next_name(names, now.year),
        public=keys.multikey(pair.public_key()),
        secret=keys.lock(pair, passphrase).encode(),
        state=state,
        made_at=now,
        active_from=now if state == State.ACTIVE else None,
    )


@transaction.atomic
def rotate(issuer, at_once=False) -> tuple[SigningKey | None, SigningKey]:
    """Put the next key to use; return the retired key (None: there was none) and it.

    Raises NotAllowed when there is no next key, or when it has not been published for
    30 days, unless `at_once`.
    """
    by_state = {
        key.state: key for key in keys_of(issuer).select_for_update(of=("self",))
    }
    new, old = by_state.get(State.NEXT), by_state.get(State.ACTIVE)
    if new is None:
        raise NotAllowed(
            f"{name_of(issuer)} has no next key. Make one: {command('create', issuer)}"
        )
    ready_at = new.made_at + PUBLISHED_BEFORE
    if old and not at_once and timezone.now() < ready_at:
        raise NotAllowed(
            f"{new.name} may sign from {timezone.localdate(ready_at)} on, when caches "
            "know it. To use it today: --now"
        )
    if old:
        move(old, State.RETIRED)
    move(new, State.ACTIVE)
    return old, new


@transaction.atomic
def retire(issuer, name) -> SigningKey:
    """Let a key sign no more; what it signed stands. Raises NotAllowed."""
    key = named(issuer, name)
    move(key, State.RETIRED)
    return key


@transaction.atomic
def compromise(issuer, name) -> tuple[SigningKey, SigningKey]:
    """Trust a key no more; return it and the key that signs from now on.

    The latter is made now when the key was the one that signed: a next key was locked
    with the same secret, and may be known as well. Raises NotAllowed, SecretMissing.
    """
    passphrase = secrets.passphrase()
    key = named(issuer, name)
    move(key, State.COMPROMISED)
    active = keys_of(issuer).filter(state=State.ACTIVE).first()
    names = list(keys_of(issuer).values_list("name", flat=True))
    return key, active or make(issuer, names, State.ACTIVE, passphrase)


def named(issuer, name):
    key = keys_of(issuer).select_for_update(of=("self",)).filter(name=name).first()
    if key is None:
        raise NotAllowed(
            f"{name_of(issuer)} has no key named {name}. To see them: "
            "python manage.py certificate_key list"
        )
    return key


def move(key, state):
    key.state = keys.change(State(key.state), state)
    if state == State.ACTIVE:
        key.active_from = timezone.now()
    else:
        key.ended_at = timezone.now()
    key.save(update_fields=["state", "active_from", "ended_at"])
