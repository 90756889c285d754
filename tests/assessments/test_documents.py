import pytest
from django.utils.translation import override

from assessments.documents import document_of, marks_in
from assessments.templatetags.assessments_tags import marks

MAIL = """De : Support <aide@pro.example> [1]
Objet : Votre boîte

Bonjour,

Cliquez ici :
https://pro.example/ [2]
"""


def test_a_mail_has_headers_then_paragraphs():
    assert document_of(MAIL) == {
        "headers": [
            ("De", "Support <aide@pro.example> [1]"),
            ("Objet", "Votre boîte"),
        ],
        "paragraphs": [["Bonjour,"], ["Cliquez ici :", "https://pro.example/ [2]"]],
    }


NO_HEADERS = [
    "Madame,\n\nBonjour.",
    "https://exemple.example\n\nBonjour.",
    "Bonjour :\n\nBonjour.",
    "De : nous\nà vous\n\nBonjour.",
]


@pytest.mark.parametrize("text", NO_HEADERS)
def test_a_letter_without_headers_is_paragraphs(text):
    found = document_of(text)

    assert found["headers"] == []
    assert found["paragraphs"] == [text.split("\n\n")[0].split("\n"), ["Bonjour."]]


def test_line_ends_of_a_form_and_a_no_break_space_before_the_colon_are_read():
    assert document_of("From\u00a0: us\r\nTo: you\r\n\r\nHello\r\nthere") == {
        "headers": [("From", "us"), ("To", "you")],
        "paragraphs": [["Hello", "there"]],
    }


def test_places_are_numbers_in_square_brackets():
    assert marks_in("a [1] b [12] c [x] d [123] e 4") == {1, 12}


def test_a_place_is_a_badge_read_as_a_place():
    with override("en"):
        assert marks("<b>[2]") == (
            '&lt;b&gt;<b class="tag"><span aria-hidden="true">2</span>'
            '<span class="visually-hidden">place 2</span></b>'
        )
