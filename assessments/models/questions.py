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

from assessments.models.framework import LEVELS, Competence

LANGUAGES = ["fr", "en"]


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

    def get_preview_template(self, request, mode_name):
        return "assessments/question_preview.html"

    def get_preview_context(self, request, mode_name):
        content = content_of(self)
        return {"content": content["fr"], "kind": self.kind, "key": content["key"]}

    def freeze(self):
        """Return the version that learners get from now on; create it once.

        Raises ValidationError when the question is incomplete.
        """
        problems = problems_of(content_of(self), self.kind)
        if problems:
            raise ValidationError(problems)
        content = content_of(self) | {"topic": self.topic}
        facts = [content, self.kind, self.level, self.competence_id]
        checksum = hashlib.sha256(
            json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()
        ).hexdigest()
        latest = self.versions.order_by("-number").first()
        if latest and latest.checksum == checksum:
            return latest
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
    the numbers of the right choices (single, multiple), or every number in its right
    place (ordering, matching). A language that is not complete is left out.
    """
    choices = list(question.choices.all())
    content = {}
    for language in LANGUAGES:
        texts = [
            {
                "text": getattr(choice, f"text_{language}").strip(),
                "match": getattr(choice, f"match_{language}").strip(),
                "why": getattr(choice, f"why_{language}").strip(),
            }
            for choice in choices
        ]
        stem = getattr(question, f"stem_{language}").strip()
        is_matching = question.kind == Question.Kind.MATCHING
        complete = stem and all(
            t["text"] and t["why"] and (t["match"] or not is_matching) for t in texts
        )
        if complete or language == "fr":
            content[language] = {"stem": stem, "choices": texts}
    if question.kind in (Question.Kind.SINGLE, Question.Kind.MULTIPLE):
        key = [n for n, choice in enumerate(choices) if choice.is_right]
    else:
        key = list(range(len(choices)))
    return content | {"key": key}


def problems_of(content, kind):
    """Return what keeps a question from being asked, as sentences; empty when ready."""
    french, key = content["fr"], content["key"]
    count = len(french["choices"])
    problems = []
    if not french["stem"]:
        problems.append(_("Write the question in French."))
    if count < 2:
        problems.append(_("Give at least two answers."))
    for number, choice in enumerate(french["choices"], start=1):
        if not choice["text"]:
            problems.append(_("Answer %d: write its text in French.") % number)
        if not choice["why"]:
            problems.append(_("Answer %d: explain it in French.") % number)
        if kind == Question.Kind.MATCHING and not choice["match"]:
            problems.append(_("Answer %d: say what it goes with.") % number)
    if kind == Question.Kind.SINGLE and len(key) != 1:
        problems.append(_("Mark exactly one answer as right."))
    if kind == Question.Kind.MULTIPLE and not 0 < len(key) < count:
        problems.append(_("Mark at least one answer as right, and not all of them."))
    return problems


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
