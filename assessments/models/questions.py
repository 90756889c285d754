"""The question bank. What a learner sees is a `QuestionVersion`, never the question."""

import hashlib
import json

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    Orderable,
    PreviewableMixin,
    RevisionMixin,
    WorkflowMixin,
)
from wagtail.search import index

from assessments import pictures
from assessments.models.framework import LEVELS, Competence
from assessments.question_rules import problems_of


class QuestionQuerySet(models.QuerySet):
    def in_placement(self):
        return self.filter(live=True, purpose=Question.Purpose.PLACEMENT)


class Question(
    WorkflowMixin,
    DraftStateMixin,
    LockableMixin,
    RevisionMixin,
    PreviewableMixin,
    index.Indexed,
    ClusterableModel,
):
    """One question in both languages: its key is one, so its statistics are one."""

    class Kind(models.TextChoices):
        SINGLE = "single", _("One right answer")
        MULTIPLE = "multiple", _("Several right answers")
        ORDERING = "ordering", _("Put in order")
        MATCHING = "matching", _("Match pairs")
        SHORT = "short", _("Short answer")
        SPOTS = "spots", _("Places on a picture")
        LINKED = "linked", _("Short scenario, linked questions")

    class Purpose(models.TextChoices):
        PLACEMENT = "placement", _("Placement")
        CHECK = "check", _("Check of a module")
        PRACTICE = "practice", _("Practice")

    reference = models.SlugField(
        _("reference"),
        max_length=40,
        unique=True,
        help_text=_("A short name that is never used again, for example A1-3-a."),
    )
    purpose = models.CharField(
        _("used for"), max_length=10, choices=Purpose, default=Purpose.PLACEMENT
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.SINGLE)
    competence = models.ForeignKey(
        Competence,
        on_delete=models.PROTECT,
        related_name="questions",
        verbose_name=_("competence"),
    )
    level = models.PositiveSmallIntegerField(
        _("level"),
        choices=[(level, str(level)) for level in LEVELS],
        help_text=_(
            "A learner in the middle of this level answers right six times out of ten."
        ),
    )
    topic = models.SlugField(
        _("topic"),
        max_length=60,
        help_text=_("Two questions of one topic are never asked in one sitting."),
    )
    stem_fr = models.TextField(_("question in French"))
    stem_en = models.TextField(_("question in English"), blank=True)
    document_fr = models.TextField(
        _("e-mail or document to read, in French"),
        blank=True,
        help_text=_(
            "Shown above the question. First lines like “Objet : …” up to an empty "
            "line are its headers; [1], [2]… are places that answers can name."
        ),
    )
    document_en = models.TextField(
        _("e-mail or document to read, in English"), blank=True
    )
    picture = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
    )
    picture_alt_fr = models.TextField(
        _("the picture in words, in French"),
        blank=True,
        help_text=_("For those who do not see it: everything but the answer."),
    )
    picture_alt_en = models.TextField(_("the picture in words, in English"), blank=True)
    is_wording_only = models.BooleanField(
        _("only the wording changed"),
        default=False,
        help_text=_(
            "Tick it when the question is as hard as before: what was learnt from past "
            "answers is kept. Otherwise the new version starts afresh."
        ),
    )

    objects = QuestionQuerySet.as_manager()

    search_fields = [
        index.SearchField("stem_fr"),
        index.SearchField("stem_en"),
        index.AutocompleteField("stem_fr"),
        index.AutocompleteField("reference"),
        index.FilterField("purpose"),
        index.FilterField("kind"),
        index.FilterField("level"),
        index.FilterField("competence"),
        index.FilterField("live"),
    ]

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["competence__code", "level", "reference"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level__range=(1, 8)), name="question_level_is_1_to_8"
            )
        ]

    def __str__(self):
        return f"{self.reference} · {Truncator(self.stem_fr).words(12)}"

    @property
    def preview_modes(self):
        return [("fr", _("In French")), ("en", _("In English"))]

    def get_preview_template(self, request, mode_name):
        return "assessments/question_preview.html"

    def get_preview_context(self, request, mode_name):
        return {"question": self, "language": mode_name or "fr"}

    def freeze(self):
        """Return the version that learners get from now on; create it once.

        Raises ValidationError when the question is incomplete.
        """
        content = content_of(self) | {"topic": self.topic}
        problems = problems_of(content, self.kind)
        if problems:
            raise ValidationError(problems)
        facts = [content, self.kind, self.level, self.competence_id]
        checksum = hashlib.sha256(
            json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()
        ).hexdigest()
        latest = self.versions.order_by("-number").first()
        if latest and latest.checksum == checksum:
            return latest
        if self.picture:
            pictures.keep(self.picture)
        made = self.versions.create(
            number=latest.number + 1 if latest else 1,
            kind=self.kind,
            level=self.level,
            competence=self.competence,
            content=content,
            checksum=checksum,
            picture=self.picture,
            wording_of=latest if self.is_wording_only else None,
        )
        # Said of this one change: the next one starts from "not only the wording".
        Question.objects.filter(pk=self.pk).update(is_wording_only=False)
        return made


class Choice(Orderable):
    """A possible answer. For ordering, the choices stand in their right order."""

    question = ParentalKey(Question, on_delete=models.CASCADE, related_name="choices")
    text_fr = models.CharField(_("answer in French"), max_length=400)
    text_en = models.CharField(_("answer in English"), max_length=400, blank=True)
    is_right = models.BooleanField(
        _("right answer"),
        default=False,
        help_text=_("For one or several right answers."),
    )
    match_fr = models.CharField(
        _("goes with, in French"),
        max_length=300,
        blank=True,
        help_text=_("For pairs only."),
    )
    match_en = models.CharField(_("goes with, in English"), max_length=300, blank=True)
    why_fr = models.TextField(
        _("explanation in French"),
        help_text=_("Why it helps, or why it tempts and what it costs. No blame."),
    )
    why_en = models.TextField(_("explanation in English"), blank=True)
    spot_x = models.PositiveSmallIntegerField(
        _("place from the left, in %"), null=True, blank=True
    )
    spot_y = models.PositiveSmallIntegerField(
        _("place from the top, in %"), null=True, blank=True
    )
    part = models.PositiveSmallIntegerField(
        _("belongs to linked question number"), null=True, blank=True
    )

    class Meta(Orderable.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(spot_x__isnull=True, spot_y__isnull=True)
                | models.Q(spot_x__range=(0, 100), spot_y__range=(0, 100)),
                name="spot_is_inside_the_picture",
                violation_error_message=_(
                    "A place on the picture is two numbers from 0 to 100."
                ),
            )
        ]
        verbose_name = _("answer")
        verbose_name_plural = _("answers")

    def __str__(self):
        return self.text_fr


class Part(Orderable):
    """One of the two or three questions of a short scenario, asked together."""

    question = ParentalKey(Question, on_delete=models.CASCADE, related_name="parts")
    stem_fr = models.TextField(_("linked question in French"))
    stem_en = models.TextField(_("linked question in English"), blank=True)

    class Meta(Orderable.Meta):
        verbose_name = _("linked question")
        verbose_name_plural = _("linked questions")

    def __str__(self):
        return self.stem_fr


def content_of(question):
    """Return what a learner sees: {language: {stem, choices: [...]}, "key": [...]}.

    Choices are numbered in the order in which they were written. The key is, by kind:
    the numbers of the right choices (single, multiple, spots), of the accepted forms
    (short), of the right choice of each part (linked), or every number in its right
    place (ordering, matching). A language that is not complete is left out.

    Only where there is one: a language has its "document", its "picture_alt" and its
    "parts" [{"stem"}]; the content its "picture" {name, width, height}, its "spots"
    [[x, y], …] in per cent and "part_of", the part of each choice from 0.
    """
    choices, parts = list(question.choices.all()), parts_of(question)
    content = {"fr": texts_of(question, choices, parts, "fr")}
    english = texts_of(question, choices, parts, "en")
    if is_complete(english, content["fr"], question.kind):
        content["en"] = english
    if question.picture:
        content["picture"] = pictures.facts_of(question.picture)
    if question.kind == Question.Kind.SPOTS:
        content["spots"] = [[choice.spot_x, choice.spot_y] for choice in choices]
    if question.kind == Question.Kind.LINKED:
        content["part_of"] = [part_number(choice, parts) for choice in choices]
    return content | {"key": key_of(question.kind, choices, content)}


def parts_of(question):
    if question.kind != Question.Kind.LINKED:
        return []
    return list(question.parts.all())


def part_number(choice, parts):
    """Return the part that a choice belongs to, from 0; None when there is none."""
    return choice.part - 1 if choice.part in range(1, len(parts) + 1) else None


def texts_of(question, choices, parts, language):
    """Return everything that a learner reads in one language, as it was written."""

    def read(row, name):
        return getattr(row, f"{name}_{language}").strip()

    texts = {
        "stem": read(question, "stem"),
        "choices": [
            {name: read(choice, name) for name in ("text", "match", "why")}
            for choice in choices
        ],
    }
    if document := read(question, "document"):
        texts["document"] = document
    if question.picture:
        texts["picture_alt"] = read(question, "picture_alt")
    if parts:
        texts["parts"] = [{"stem": read(part, "stem")} for part in parts]
    return texts


def is_complete(texts, french, kind):
    """Return whether a language has all that the French has."""
    needed = ["text", "why"]
    if kind == Question.Kind.MATCHING:
        needed.append("match")
    return bool(
        texts["stem"]
        and all(choice[name] for choice in texts["choices"] for name in needed)
        and all(part["stem"] for part in texts.get("parts", []))
        and ("document" in texts) == ("document" in french)
        and texts.get("picture_alt") != ""
    )


def key_of(kind, choices, content):
    if kind in (Question.Kind.ORDERING, Question.Kind.MATCHING):
        return list(range(len(choices)))
    right = [number for number, choice in enumerate(choices) if choice.is_right]
    if kind == Question.Kind.LINKED:
        part_of = content["part_of"]
        return sorted(
            (n for n in right if part_of[n] is not None), key=part_of.__getitem__
        )
    return right


class QuestionVersionQuerySet(models.QuerySet):
    def asked(self):
        """What may be asked now: the newest version of each published question.

        One whose key was wrong is left out until its question is published again.
        """
        newest = QuestionVersion.objects.filter(question=models.OuterRef("question"))
        newest = newest.order_by("-number").values("pk")[:1]
        return self.filter(
            question__live=True, key_correction=None, pk=models.Subquery(newest)
        )


class QuestionVersion(models.Model):
    """What learners were shown: never changed, kept as long as an answer needs it."""

    question = models.ForeignKey(
        Question, on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Question.Kind)
    level = models.PositiveSmallIntegerField()
    competence = models.ForeignKey(Competence, on_delete=models.PROTECT)
    content = models.JSONField()
    checksum = models.CharField(max_length=64)
    made_at = models.DateTimeField(auto_now_add=True)
    picture = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    # The version of which only the wording changed: as hard, with a wider doubt.
    wording_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True)

    objects = QuestionVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["question", "number"], name="one_version_per_number"
            )
        ]

    def __str__(self):
        return f"{self.question.reference} v{self.number}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError("A question version is never changed: publish a new one.")
        super().save(*args, **kwargs)

    @property
    def key(self):
        return self.content["key"]

    def in_language(self, language):
        """Return {stem, choices} in a language, in French when there is no other."""
        return self.content.get(language) or self.content["fr"]

    def has_language(self, language):
        return language in self.content
