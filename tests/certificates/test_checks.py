import pytest

from certificates import checks, pdf


def test_nothing_to_say_when_the_libraries_are_there():
    assert checks.pdf_libraries_are_there(None) == []


def test_missing_libraries_give_a_warning_that_names_them(monkeypatch):
    def missing():
        raise pdf.PdfUnavailable

    monkeypatch.setattr(checks, "weasyprint", missing)
    (warning,) = checks.pdf_libraries_are_there(None)
    for package in ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"]:
        assert package in warning.hint


@pytest.mark.parametrize(
    ("https", "proxies", "expected"),
    [(True, 0, ["certificates.W004"]), (True, 1, []), (False, 0, [])],
)
def test_a_public_site_says_how_many_proxies_stand_in_front(
    settings, https, proxies, expected
):
    settings.HTTPS, settings.ALLAUTH_TRUSTED_PROXY_COUNT = https, proxies
    assert [found.id for found in checks.addresses_are_known(None)] == expected
