"""Puts an electronic seal on a PDF: bytes and a sealer in, sealed bytes out.

The seal is PAdES B-B (ETSI EN 319 142-1), invisible, added behind the document: what
was drawn stays, byte for byte. A sealer is whatever holds a certificate and reaches its
key: a PKCS#12 file here; a PKCS#11 device or a remote service the same way, by another
class with these three members.
"""

from datetime import datetime
from functools import cached_property
from io import BytesIO
from typing import Any, Protocol

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, pkcs12
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

LARGEST_FILE = 100_000  # bytes; a key with its chain of certificates takes 3 to 10 kB
SMALLEST_RSA_KEY = 2048  # bits
CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
FIELD_NAME = "Seal"
# Room kept for the signature, in hexadecimal digits. A dummy signature would measure
# it, at 40 % more time.
LEAST_ROOM = 6144
ROOM_BESIDE_CERTIFICATES = 1536  # bytes: signature, hashes, attributes


class Problem(TextChoices):
    """Why there is no seal, as a sentence that says what to do."""

    TOO_LARGE = (
        "too_large",
        _("This file is larger than 100 kB. Choose the one that ends in .p12 or .pfx."),
    )
    NOT_PKCS12 = (
        "not_pkcs12",
        _("This is not a PKCS#12 file. Choose the one that ends in .p12 or .pfx."),
    )
    WRONG_PASSWORD = (
        "wrong_password",
        _("The password does not open this file. Type it again: capitals count."),
    )
    NO_KEY = (
        "no_key",
        _(
            "This file does not hold a private key with its certificate. Export the "
            "seal again, with its private key."
        ),
    )
    WRONG_KEY = (
        "wrong_key",
        _(
            "This kind of key cannot seal documents. Ask for a seal with an RSA key of "
            "at least 2,048 bits, or an elliptic one (P-256, P-384 or P-521)."
        ),
    )
    WRONG_USE = (
        "wrong_use",
        _(
            "The certificate in this file is not meant for signatures or seals. Ask "
            "its issuer for a certificate for electronic seals."
        ),
    )
    ENDED = (
        "ended",
        _("The certificate of this seal has ended. Import the file of the new one."),
    )
    TOO_EARLY = (
        "too_early",
        _(
            "The certificate of this seal is not valid yet. Wait for its first day; if "
            "that day has passed, the clock of this computer is late: set it right."
        ),
    )
    CLOCK_SET_BACK = (
        "clock_set_back",
        _(
            "The clock of this computer shows a time before the attestation was "
            "issued. Set it right, then seal what is waiting."
        ),
    )
    LOCKED = (
        "locked",
        _(
            "The seal cannot be opened any more: the secret of this site has changed "
            "since it was imported. Put the former secret back, or import the file "
            "again."
        ),
    )
    FAILED = (
        "failed",
        _(
            "The seal could not be put on. The log of the server says why; then seal "
            "what is waiting."
        ),
    )


class CannotSeal(Exception):
    """`problem` says why; neither it nor the message quotes a secret."""

    def __init__(self, problem: Problem):
        super().__init__(problem.value)
        self.problem = problem


class Sealer(Protocol):
    """What can seal: a certificate, and a pyHanko signer that reaches its key."""

    certificate: x509.Certificate
    chain: list[x509.Certificate]  # those of its issuers that travel in the seal

    signer: Any  # pyhanko.sign.signers.Signer


class Pkcs12Sealer:
    """The content of a PKCS#12 file, opened."""

    def __init__(self, key, certificate, chain):
        self.key, self.certificate, self.chain = key, certificate, chain

    @classmethod
    def from_bytes(cls, content):
        return cls(*pkcs12.load_key_and_certificates(content, None))

    def to_bytes(self) -> bytes:
        """Return a PKCS#12 file without a password: lock it before keeping it."""
        return pkcs12.serialize_key_and_certificates(
            None, self.key, self.certificate, self.chain, NoEncryption()
        )

    @cached_property
    def signer(self):
        from pyhanko.sign.signers import SimpleSigner

        return SimpleSigner.load_pkcs12_data(self.to_bytes(), other_certs=[])


# How each kind of sealer is made again from what is kept of it.
KINDS = {"pkcs12": Pkcs12Sealer.from_bytes}


def to_keep(sealer: Pkcs12Sealer) -> bytes:
    """Return all that `from_kept` needs, in clear: lock it before keeping it."""
    return b"pkcs12:" + sealer.to_bytes()


def from_kept(content: bytes) -> Sealer:
    kind, _colon, rest = content.partition(b":")
    return KINDS[kind.decode()](rest)


def read_pkcs12(content: bytes, password: str | None) -> Pkcs12Sealer:
    """Open a PKCS#12 file. Raises CannotSeal when it is none that can seal."""
    if len(content) > LARGEST_FILE:
        raise CannotSeal(Problem.TOO_LARGE)
    if not looks_like_pkcs12(content):
        raise CannotSeal(Problem.NOT_PKCS12)
    sealer = Pkcs12Sealer(*opened(content, password))
    check_key(sealer)
    check_use(sealer.certificate)
    return sealer


def looks_like_pkcs12(content):
    """Say whether bytes are a whole PFX of RFC 7292: SEQUENCE, length, version 3."""
    if content[:1] != b"\x30" or len(content) < 8:
        return False
    if content[1] == 0x80:  # indefinite length: BER, as some devices export
        return content[2:5] == b"\x02\x01\x03"
    width = content[1] - 0x80 if content[1] > 0x80 else 0
    start = 2 + width
    length = int.from_bytes(content[2:start]) if width else content[1]
    return content[start : start + 3] == b"\x02\x01\x03" and (
        len(content) == start + length
    )


def opened(content, password):
    """Return (key, certificate, chain). Raises CannotSeal."""
    try:
        key, certificate, chain = pkcs12.load_key_and_certificates(
            content, password.encode() if password else None
        )
    except ValueError:
        # From None: the cause may show parts of what was decrypted.
        raise CannotSeal(Problem.WRONG_PASSWORD) from None
    except Exception:
        raise CannotSeal(Problem.WRONG_KEY) from None
    if key is None or certificate is None:
        raise CannotSeal(Problem.NO_KEY)
    return key, certificate, chain


def check_key(sealer):
    """Raises CannotSeal unless readers of PDF know this kind of key."""
    key = sealer.key
    is_rsa = isinstance(key, rsa.RSAPrivateKey) and key.key_size >= SMALLEST_RSA_KEY
    is_elliptic = isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(
        key.curve, CURVES
    )
    if not (is_rsa or is_elliptic):
        raise CannotSeal(Problem.WRONG_KEY)
    if key.public_key() != sealer.certificate.public_key():
        raise CannotSeal(Problem.NO_KEY)


def check_use(certificate):
    """Raises CannotSeal when the certificate says that it is for something else."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not (usage.digital_signature or usage.content_commitment):
        raise CannotSeal(Problem.WRONG_USE)


def check_time(certificate: x509.Certificate, at: datetime):
    """Raises CannotSeal when the certificate is not valid at a moment (aware)."""
    if at > certificate.not_valid_after_utc:
        raise CannotSeal(Problem.ENDED)
    if at < certificate.not_valid_before_utc:
        raise CannotSeal(Problem.TOO_EARLY)


def room_for(sealer: Sealer) -> int:
    """Return how many hexadecimal digits to keep for a seal with its certificates."""
    certificates = [sealer.certificate, *sealer.chain]
    size = sum(len(one.public_bytes(Encoding.DER)) for one in certificates)
    return max(LEAST_ROOM, 2 * (size + ROOM_BESIDE_CERTIFICATES))


def seal(pdf: bytes, sealer: Sealer, at: datetime) -> bytes:
    """Return a PDF with the seal added behind it; `at` is now (aware).

    Raises CannotSeal.
    """
    check_time(sealer.certificate, at)
    try:
        return signed(pdf, sealer)
    except Exception as error:  # a device or a remote service may fail in any way
        raise CannotSeal(Problem.FAILED) from error


def signed(pdf, sealer):
    # Imported late: half a second, and a site without a seal never needs it.
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, sign_pdf

    # The field's default flags (printed, no size) keep PDF/A-3 and PDF/UA-1.
    result = sign_pdf(
        IncrementalPdfFileWriter(BytesIO(pdf)),
        PdfSignatureMetadata(
            field_name=FIELD_NAME,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
        ),
        signer=sealer.signer,
        bytes_reserved=room_for(sealer),
    )
    return result.getvalue()
