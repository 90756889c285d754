"""The smallest valid rows. Home pages and catalogues come with the migrations."""

import uuid
from itertools import count

from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from wagtail.images.models import Image

from assessments.models import (
    Area,
    Choice,
    Competence,
    Level,
    Part,
    Question,
    QuestionVersion,
)
from cms.models import HomePage
from courses.models import (
    CataloguePage,
    CheckPage,
    CheckQuestion,
    LessonPage,
    ModulePage,
)
from courses.roles import REVIEWERS, TRAINERS
from people.models import Membership, Organisation, User

numbers = count(1)


def make_person(name="Inès Belkacem", **fields):
    number = next(numbers)
    return User.objects.create_user(
        fields.pop("email", f"person{number}@example.org"),
        name,
        "pass-word-1",
        **fields,
    )


make_learner = make_person


def make_trainer():
    trainer = make_person("Aïcha Moreau")
    trainer.groups.add(*Group.objects.filter(name__in=[TRAINERS, REVIEWERS]))
    return trainer


def make_organisation(name="CCAS de Valmont"):
    return Organisation.objects.get_or_create(name=name)[0]


def make_member(user, organisation=None, role=Membership.Role.LEARNER, **fields):
    return Membership.objects.create(
        user=user, organisation=organisation or make_organisation(), role=role, **fields
    )


def make_manager(organisation=None):
    manager = make_person("Sylvie Nguyen")
    make_member(manager, organisation, Membership.Role.MANAGER)
    return manager


def make_framework():
    """Create six areas with one competence each, and the eight levels."""
    Area.objects.bulk_create(
        (
            Area(
                code=code,
                **{
                    f"{field}_{language}": f"{field} {code}"
                    for field in ("name", "short", "description")
                    for language in ("fr", "en")
                },
            )
            for code in "ABCDEF"
        ),
        ignore_conflicts=True,
    )
    Competence.objects.bulk_create(
        (
            Competence(
                code=f"{area.code}1",
                area=area,
                name_fr=f"C {area.code}",
                name_en=f"C {area.code}",
            )
            for area in Area.objects.all()
        ),
        ignore_conflicts=True,
    )
    Level.objects.bulk_create(
        (Level(number=n, meaning_fr="sens", meaning_en="meaning") for n in range(1, 9)),
        ignore_conflicts=True,
    )


PICTURE = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 500">\
<rect width="800" height="500" fill="#eee"/></svg>"""
# Of four answers, which ones are right; pairs and lines in order have none.
RIGHT = {
    "single": {0},
    "multiple": {0, 1},
    "short": {0},
    "spots": {0},
    "linked": {0, 2},
}


def make_picture(data=PICTURE, name="picture.svg"):
    return Image.objects.create(title="Dessin", file=ContentFile(data, name))


def make_question(
    kind="single",
    competence="A1",
    level=3,
    purpose=Question.Purpose.PLACEMENT,
    choices=4,
    is_live=True,
    **fields,
):
    """Create a question whose first choice is right; see RIGHT.

    The choices of a linked one go to two parts, the first two to the first.
    """
    number = next(numbers)
    question = Question(
        reference=fields.pop("reference", f"q-{number}"),
        kind=kind,
        purpose=purpose,
        competence=Competence.objects.get(code=competence),
        level=level,
        topic=fields.pop("topic", f"topic-{number}"),
        stem_fr=fields.pop("stem_fr", f"Question {number} ?"),
        stem_en=fields.pop("stem_en", f"Question {number}?"),
        live=False,
        **(fields_of_picture() if kind == "spots" else {}),
        **fields,
    )
    question.parts = [
        Part(sort_order=n, stem_fr=f"partie {n} ?", stem_en=f"part {n}?")
        for n in range(2 if kind == "linked" else 0)
    ]
    question.choices = [make_choice(kind, n) for n in range(choices)]
    question.save()
    if is_live:
        question.save_revision().publish()
        question.refresh_from_db()
    return question


def fields_of_picture():
    return {
        "picture": make_picture(),
        "picture_alt_fr": "Un dessin",
        "picture_alt_en": "A drawing",
    }


def make_choice(kind, n):
    return Choice(
        sort_order=n,
        text_fr=f"réponse {n}",
        text_en=f"answer {n}",
        why_fr=f"parce que {n}",
        why_en=f"because {n}",
        match_fr=f"paire {n}" if kind == "matching" else "",
        match_en=f"pair {n}" if kind == "matching" else "",
        is_right=n in RIGHT.get(kind, ()),
        spot_x=20 * n if kind == "spots" else None,
        spot_y=50 if kind == "spots" else None,
        part=n // 2 + 1 if kind == "linked" else None,
    )


def make_bank(per_area=8):
    """Create a small placement bank: levels 1 to 8 in turn in each area."""
    make_framework()
    return [
        make_question(competence=f"{code}1", level=n % 8 + 1)
        for code in "ABCDEF"
        for n in range(per_area)
    ]


def make_module(language="fr", code="M99", key=None, lessons=2, questions=4):
    """Create a published module with lessons, and a check when it has questions."""
    make_framework()
    home = HomePage.objects.get(locale__language_code=language)
    catalogue = CataloguePage.objects.get(locale=home.locale)
    module = add_page(
        catalogue,
        ModulePage,
        title=f"Module {code} {language}",
        slug=f"module-{code}".lower(),
        code=code,
        short="En une ligne",
        objectives="guider au téléphone\nvérifier le résultat",
        summary="Court.",
        minutes=60,
        version="2026-1",
        translation_key=key or uuid.uuid5(uuid.NAMESPACE_URL, code),
    )
    for n in range(1, lessons + 1):
        add_lesson(module, n)
    if questions:
        add_check(module, questions)
    return module


def add_page(parent, model, translation_key, **fields):
    page = model(locale=parent.locale, translation_key=translation_key, **fields)
    parent.add_child(instance=page)
    page.save_revision().publish()
    return model.objects.get(pk=page.pk)


def step_key(module, number):
    return uuid.uuid5(module.translation_key, str(number))


def add_lesson(module, number, body=None, **fields):
    return add_page(
        module,
        LessonPage,
        translation_key=step_key(module, number),
        title=f"Leçon {number}",
        slug=f"lecon-{number}",
        summary="Court.",
        body=body or [("text", {"text": "<p>Texte de la leçon.</p>"})],
        **fields,
    )


def add_check(module, count, draw=None, pass_mark=0.75):
    check = add_page(
        module,
        CheckPage,
        translation_key=step_key(module, "check"),
        title="Bilan",
        slug="bilan",
        draw=draw or count,
        pass_mark=pass_mark,
    )
    check.check_questions = [
        CheckQuestion(question=make_question(purpose=Question.Purpose.CHECK))
        for _n in range(count)
    ]
    check.save_revision().publish()
    return check


def make_frozen_bank(per_area=6, purpose=Question.Purpose.PLACEMENT):
    """Create a placement bank as published, without the revisions: thirty times faster.

    Levels go from 1 to 8 in turn in each area; the first choice is right.
    """
    make_framework()
    competences = Competence.objects.in_bulk(field_name="code")
    questions = Question.objects.bulk_create(
        Question(
            reference=f"q-{next(numbers)}",
            purpose=purpose,
            competence=competences[f"{code}1"],
            level=n % 8 + 1,
            topic=f"topic-{code}-{n}",
            stem_fr=f"Question {code}{n} ?",
            stem_en=f"Question {code}{n}?",
            live=True,
        )
        for code in "ABCDEF"
        for n in range(per_area)
    )
    Choice.objects.bulk_create(
        Choice(
            question=question,
            sort_order=n,
            text_fr=f"réponse {n}",
            text_en=f"answer {n}",
            why_fr=f"parce que {n}",
            why_en=f"because {n}",
            is_right=n == 0,
        )
        for question in questions
        for n in range(4)
    )
    freeze_alike(questions)
    return questions


def freeze_alike(questions):
    """Freeze questions that differ only by their stem and topic: one, then its like."""
    first = Question.objects.get(pk=questions[0].pk).freeze()
    QuestionVersion.objects.bulk_create(
        QuestionVersion(
            question=question,
            number=1,
            kind=question.kind,
            level=question.level,
            competence=question.competence,
            content={
                **first.content,
                "fr": {**first.content["fr"], "stem": question.stem_fr},
                "en": {**first.content["en"], "stem": question.stem_en},
                "topic": question.topic,
            },
            checksum=f"like-{question.pk}",
        )
        for question in questions[1:]
    )
