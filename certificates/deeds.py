"""What earns a certificate, and how the same deed is known again."""

import hashlib
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from certificates.models import AchievementVersion, Certificate
from people.models import Organisation, User


@dataclass(frozen=True)
class Deed:
    """What someone did that deserves a certificate: the same deed gives it once."""

    kind: str
    holder: User
    about: UUID  # the module, path, session or attempt
    facts: dict
    time: int = 1  # 2 for the first renewal, and so on
    organisation: Organisation | None = None
    achievement: AchievementVersion | None = None
    valid_until: date | None = None
    replaces: Certificate | None = None
    renews: Certificate | None = None
    actor: User | None = None
    # The keys of the modules done: whoever alone assigned them lends its look.
    modules: tuple[UUID, ...] = ()
    # What its lines rest on: {number of the line: id of a certificate}.
    rests_on: dict[int, UUID | None] = field(default_factory=dict)


def key_of(deed: Deed, salt: str) -> str:
    """Return what names a deed in the database: a digest, and which time it is.

    `salt` is the holder's, and goes with the account: see HolderSalt. What is the same
    deed must give the same key for ever.
    """
    parts = [salt, str(deed.kind), str(deed.about), str(deed.time)]
    if deed.replaces:
        parts.append(str(deed.replaces.pk))
    return f"{hashlib.sha256(':'.join(parts).encode()).hexdigest()}:{deed.time}"


def time_of(certificate: Certificate) -> int:
    """Return 1 for a first certificate, 2 for its renewal, and so on."""
    return int(certificate.idempotency_key.rpartition(":")[2])
