"""An authority made for tests, and the seals that it issues."""

from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    NoEncryption,
    pkcs12,
)
from cryptography.x509.oid import NameOID

# Fixed, and wide: no test depends on the day when it runs.
FIRST_DAY, LAST_DAY = datetime(2020, 1, 1, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LONG_AGO = {"last": datetime(2021, 1, 1, tzinfo=UTC)}
LATER = {"first": datetime(2089, 1, 1, tzinfo=UTC)}
PASSWORD = "une phrase de passe"
OWNER = "CCAS de Valmont (cachet)"


def named(name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


@cache
def authority():
    """Return (key, certificate) of the authority, the same for all tests."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = certificate_of(key.public_key(), "Autorité d’essai")
    builder = builder.add_extension(x509.BasicConstraints(True, None), True)
    builder = builder.add_extension(key_usage(key_cert_sign=True), True)
    return key, builder.sign(key, hashes.SHA256())


def certificate_of(public_key, name, first=FIRST_DAY, last=LAST_DAY):
    return (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named("Autorité d’essai"))
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(first)
        .not_valid_after(last)
    )


def key_usage(**allowed):
    names = [
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    ]
    return x509.KeyUsage(**{name: allowed.get(name, False) for name in names})


def make_pair(key=None, usage=None, first=FIRST_DAY, last=LAST_DAY):
    """Return (key, certificate) for a seal, issued by the authority."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    usage = usage or {"content_commitment": True}
    builder = certificate_of(key.public_key(), OWNER, first, last)
    builder = builder.add_extension(key_usage(**usage), True)
    return key, builder.sign(authority()[0], hashes.SHA256())


def make_file(password=PASSWORD, key=None, **wanted):
    """Return the PKCS#12 file of a seal, with the authority's certificate in it."""
    key, certificate = make_pair(key, **wanted)
    lock = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    return pkcs12.serialize_key_and_certificates(
        b"seal", key, certificate, [authority()[1]], lock
    )
