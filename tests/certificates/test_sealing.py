import re
import shutil
import subprocess
from datetime import UTC, datetime
from io import BytesIO

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    pkcs12,
)
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from certificates import pdf, sealing
from certificates.sealing import CannotSeal, Problem
from tests.certificates import authority
from tests.certificates.authority import NOW, PASSWORD, make_file, make_pair
from tests.certificates.documents import CODE, FACTS, KINDS, NAMES, facts_in
from tests.certificates.test_validity import CREDENTIAL, STANDARDS, validated, verdicts

needs_jdk = pytest.mark.skipif(
    not shutil.which("javac"),
    reason="No JDK here: the standards of sealed documents were not checked "
    "(apt-get install default-jdk-headless).",
)
needs_pdfsig = pytest.mark.skipif(
    shutil.which("pdfsig") is None, reason="pdfsig (poppler-utils) is not installed"
)


@pytest.fixture(scope="module")
def drawn():
    return pdf.render(FACTS, CODE)


def sealer_of(**wanted):
    return sealing.read_pkcs12(make_file(**wanted), PASSWORD)


@pytest.fixture(scope="module")
def sealed(drawn):
    return sealing.seal(drawn, sealer_of(), NOW)


def trusting():
    pem = authority.authority()[1].public_bytes(Encoding.PEM)
    return ValidationContext(
        trust_roots=list(load_certs_from_pemder_data(pem)), moment=NOW
    )


def by_pyhanko(content):
    """Return what pyHanko says of a file: (unchanged, trusted, all of it covered)."""
    [signature] = PdfFileReader(BytesIO(content)).embedded_signatures
    said = validate_pdf_signature(signature, trusting())
    return said.intact and said.valid, said.trusted, said.coverage.name


def by_pdfsig(content, folder):
    """Return the lines with which Poppler judges a file, without trusting anybody."""
    path = folder / "sealed.pdf"
    path.write_bytes(content)
    done = subprocess.run(
        ["pdfsig", "-nocert", path], capture_output=True, text=True, check=False
    )
    lines = [line.strip(" -") for line in done.stdout.splitlines()]
    wanted = ("Signature Type", "Signature Validation", "Total", "Signer Certificate")
    return [line for line in lines if line.startswith(wanted)]


# --- a good seal ----------------------------------------------------------------------


def test_pyhanko_accepts_the_seal(sealed):
    assert by_pyhanko(sealed) == (True, True, "ENTIRE_FILE")


@needs_pdfsig
def test_pdfsig_accepts_the_seal(sealed, tmp_path):
    assert by_pdfsig(sealed, tmp_path) == [
        f"Signer Certificate Common Name: {authority.OWNER}",
        "Signature Type: ETSI.CAdES.detached",
        "Total document signed",
        "Signature Validation: Signature is Valid.",
    ]


def test_what_was_drawn_stays_byte_for_byte(drawn, sealed):
    assert sealed[: len(drawn)] == drawn
    assert len(sealed) > len(drawn)


def test_the_seal_is_pades_and_not_seen(sealed):
    [signature] = PdfFileReader(BytesIO(sealed)).embedded_signatures
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    field = signature.sig_field
    assert [float(side) for side in field["/Rect"]] == [0, 0, 0, 0]
    # Printed and locked: hidden would break PDF/A.
    assert field["/F"] == 4 + 128
    assert "/AP" not in field or not field["/AP"]["/N"].data


@pytest.mark.parametrize(
    "key",
    [
        lambda: rsa.generate_private_key(65537, 2048),
        lambda: ec.generate_private_key(ec.SECP384R1()),
        lambda: ec.generate_private_key(ec.SECP521R1()),
    ],
    ids=["RSA", "P-384", "P-521"],
)
def test_other_usual_keys_seal_too(drawn, key):
    content = sealing.seal(drawn, sealer_of(key=key()), NOW)
    assert by_pyhanko(content) == (True, True, "ENTIRE_FILE")


def test_a_long_chain_of_certificates_finds_room(drawn):
    sealer = sealer_of()
    sealer.chain = sealer.chain + [make_pair()[1] for _number in range(12)]
    assert sealing.room_for(sealer) > sealing.LEAST_ROOM
    content = sealing.seal(drawn, sealer, NOW)
    assert by_pyhanko(content) == (True, True, "ENTIRE_FILE")


def test_a_file_without_a_password():
    content = make_file(password="")
    assert sealing.read_pkcs12(content, "").certificate.subject == authority.named(
        authority.OWNER
    )


def test_what_is_kept_of_a_sealer_makes_it_again(drawn):
    again = sealing.from_kept(sealing.to_keep(sealer_of()))
    content = sealing.seal(drawn, again, NOW)
    assert by_pyhanko(content) == (True, True, "ENTIRE_FILE")


@needs_jdk
def test_sealed_documents_meet_both_standards(tmp_path):
    sealer = sealer_of()
    documents = {
        f"{kind}-{number}": sealing.seal(drawn_for(kind, name), sealer, NOW)
        for kind in KINDS
        for number, name in enumerate(NAMES.values())
    }
    lines = validated(documents, tmp_path)
    wanted = ["PASS"] * len(documents) * len(STANDARDS)
    assert verdicts(lines) == wanted, "\n".join(lines)


def drawn_for(kind, name):
    return pdf.render(facts_in("fr", kind, name=name), CODE, CREDENTIAL)


# --- a changed file -------------------------------------------------------------------


def places(content):
    """Return bytes to change: of the page, of the seal's own dictionary, at the end."""
    ranges = re.search(rb"/ByteRange ?\[ ?0 (\d+) (\d+) (\d+) ?\]", content)
    before, after, length = map(int, ranges.groups())
    return {
        "in the document": content.index(b"stream") + 60,
        "before the seal": before - 20,
        "behind the seal": after + length - 12,
        "in the signature": before + 600,
    }


def changed(content, place):
    at = places(content)[place]
    other = b"0" if content[at : at + 1] != b"0" else b"1"
    return content[:at] + other + content[at + 1 :]


PLACES = ["in the document", "before the seal", "behind the seal", "in the signature"]


@pytest.mark.parametrize("place", PLACES)
def test_pyhanko_refuses_a_changed_byte(sealed, place):
    try:
        unchanged, _trusted, _covered = by_pyhanko(changed(sealed, place))
    except (PdfReadError, ValueError):
        unchanged = False  # the change broke the file itself
    assert unchanged is False


@needs_pdfsig
@pytest.mark.parametrize("place", PLACES)
def test_pdfsig_refuses_a_changed_byte(sealed, place, tmp_path):
    said = by_pdfsig(changed(sealed, place), tmp_path)
    assert "Signature Validation: Signature is Valid." not in said


def test_something_added_behind_is_not_covered(sealed):
    ending = sealed[sealed.rindex(b"startxref") :]
    unchanged, _trusted, covered = by_pyhanko(sealed + b"% added\n" + ending)
    assert (unchanged, covered) == (True, "ENTIRE_REVISION")


# --- what cannot seal -----------------------------------------------------------------


def problem_of(content, password=PASSWORD):
    with pytest.raises(CannotSeal) as caught:
        sealing.read_pkcs12(content, password)
    return caught.value.problem


@pytest.mark.parametrize("password", ["", "Une phrase de passe", "phrase", "é" * 300])
def test_a_wrong_password(password):
    assert problem_of(make_file(), password) == Problem.WRONG_PASSWORD


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"0",
        b"%PDF-1.7 a document",
        b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        b"\xfe\xed\xfe\xed" + bytes(100),
        make_file()[:-1],
        make_file() + b"\0",
        authority.authority()[1].public_bytes(Encoding.DER),
    ],
    ids=["empty", "short", "PDF", "PEM", "JKS", "truncated", "longer", "certificate"],
)
def test_a_file_that_is_not_pkcs12(content):
    assert problem_of(content) == Problem.NOT_PKCS12


def test_a_damaged_file_does_not_open():
    content = bytearray(make_file())
    content[len(content) // 2] ^= 1
    assert problem_of(bytes(content)) == Problem.WRONG_PASSWORD


def test_a_file_that_is_too_large():
    assert problem_of(b"\x30" + bytes(100_000)) == Problem.TOO_LARGE


def test_a_file_without_a_key():
    content = pkcs12.serialize_key_and_certificates(
        None, None, None, [authority.authority()[1]], BestAvailableEncryption(b"x")
    )
    assert problem_of(content, "x") == Problem.NO_KEY


@pytest.mark.parametrize(
    "key",
    [
        lambda: ed25519.Ed25519PrivateKey.generate(),
        lambda: dsa.generate_private_key(2048),
        lambda: rsa.generate_private_key(65537, 1024),
        lambda: ec.generate_private_key(ec.SECP256K1()),
    ],
    ids=["Ed25519", "DSA", "short RSA", "other curve"],
)
def test_a_key_that_cannot_seal(key):
    assert problem_of(make_file(key=key())) == Problem.WRONG_KEY


def test_a_certificate_for_something_else():
    content = make_file(usage={"key_encipherment": True})
    assert problem_of(content) == Problem.WRONG_USE


@pytest.mark.parametrize(
    ("at", "problem"),
    [
        (datetime(2090, 1, 2, tzinfo=UTC), Problem.ENDED),
        (datetime(2019, 12, 31, tzinfo=UTC), Problem.TOO_EARLY),
    ],
)
def test_no_seal_outside_the_time_of_its_certificate(drawn, at, problem):
    with pytest.raises(CannotSeal) as caught:
        sealing.seal(drawn, sealer_of(), at)
    assert caught.value.problem == problem


def test_a_device_that_fails_is_one_more_problem(drawn):
    class Unplugged:
        certificate, chain = make_pair()[1], []

        @property
        def signer(self):
            raise OSError("no device")

    with pytest.raises(CannotSeal) as caught:
        sealing.seal(drawn, Unplugged(), NOW)
    assert caught.value.problem == Problem.FAILED


def test_no_message_quotes_the_password():
    for password in ("wrong-and-secret", PASSWORD + "x"):
        with pytest.raises(CannotSeal) as caught:
            sealing.read_pkcs12(make_file(), password)
        assert password not in repr(caught.value)
        assert caught.value.__cause__ is None
