"""What trainers write: modules and their steps (lessons, scenarios, checks)."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Orderable, Page
from wagtail.search import index

from assessments.models import Area, Competence, Question
from cms.fields import StreamField
from cms.models import SitePage
from courses import scenarios
from courses.blocks import LESSON_BLOCKS, EndingBlock, MeasureBlock, MomentBlock

SIMPLE_TEXT = ["bold", "italic", "ul", "ol", "link", "h2", "h3"]


class CataloguePage(SitePage):
    intro = models.TextField(_("introduction"), blank=True)

    content_panels = Page.content_panels + [FieldPanel("intro")]
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["courses.ModulePage", "courses.PathPage"]
    template = "courses/catalogue.html"

    class Meta:
        verbose_name = _("catalogue of modules")

    def get_context(self, request, *args, **kwargs):
        from courses.catalogue import catalogue_context

        context = super().get_context(request, *args, **kwargs)
        return context | catalogue_context(self, request)


class ModuleForm(WagtailAdminPageForm):
    """Refuses to publish a validity that the page which leads does not say."""

    def clean(self):
        cleaned = super().clean()
        leader = self.instance.leader()
        if leader is None or self.is_deferred_validation or self.errors:
            return cleaned
        if cleaned["validity_months"] != leader.validity_months:
            self.add_error(
                "validity_months",
                _("The page in French decides for all languages: change it there."),
            )
        return cleaned


class ModulePage(SitePage):
    code = models.SlugField(_("code"), max_length=20)
    short = models.CharField(_("in one line"), max_length=200)
    objectives = models.TextField(
        _("objectives"), help_text=_("One a line, each starting with a verb.")
    )
    summary = models.TextField(_("in short, in plain language"))
    audience = models.CharField(_("for whom"), max_length=200, blank=True)
    intro = RichTextField(_("introduction"), features=SIMPLE_TEXT, blank=True)
    areas = ParentalManyToManyField(Area, blank=True, verbose_name=_("areas"))
    competences = ParentalManyToManyField(
        Competence, blank=True, verbose_name=_("competences")
    )
    level_from = models.PositiveSmallIntegerField(
        _("from level"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(8)],
    )
    level_to = models.PositiveSmallIntegerField(
        _("to level"),
        default=8,
        validators=[MinValueValidator(1), MaxValueValidator(8)],
    )
    minutes = models.PositiveSmallIntegerField(
        _("average duration, in minutes"), validators=[MinValueValidator(1)]
    )
    version = models.CharField(
        _("version"),
        max_length=20,
        help_text=_("Named on attestations, for example 2026-1."),
    )
    validity_months = models.PositiveSmallIntegerField(
        _("attestations are valid for, in months"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Leave empty for no end."),
    )
    # Raised when the content changed in substance: holders get the refresher.
    substance = models.PositiveIntegerField(default=1, editable=False)
    what_changed = RichTextField(
        _("what changed"),
        features=SIMPLE_TEXT,
        blank=True,
        help_text=_(
            "In substance, since the last attestations: a law, a public scheme, a way "
            "of doing. Holders read it and renew their attestation."
        ),
    )

    content_panels = Page.content_panels + [
        FieldPanel("short"),
        FieldPanel("summary"),
        FieldPanel("objectives"),
        FieldPanel("intro"),
        FieldPanel("audience"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("code"), FieldPanel("version")]),
                FieldPanel("minutes"),
                FieldRowPanel([FieldPanel("level_from"), FieldPanel("level_to")]),
                FieldPanel("areas"),
                FieldPanel("competences"),
            ],
            heading=_("What it serves"),
        ),
        FieldPanel(
            "validity_months",
            help_text=_(
                "Leave empty for no end. The page in French decides for all languages."
            ),
        ),
    ]
    base_form_class = ModuleForm
    search_fields = Page.search_fields + [
        index.SearchField("short"),
        index.SearchField("summary"),
        index.AutocompleteField("short"),
        index.AutocompleteField("summary"),
        index.FilterField("level_from"),
        index.FilterField("level_to"),
        index.FilterField("minutes"),
    ]
    parent_page_types = ["courses.CataloguePage"]
    subpage_types = ["courses.LessonPage", "courses.ScenarioPage", "courses.CheckPage"]
    template = "courses/module.html"

    class Meta:
        verbose_name = _("module")
        verbose_name_plural = _("modules")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level_from__lte=models.F("level_to")),
                name="module_levels_in_order",
                violation_error_message=_("The first level comes before the last."),
            )
        ]

    def save(self, *args, **kwargs):
        if self._state.adding:  # a translation made later is of the same content
            others = ModulePage.objects.filter(translation_key=self.translation_key)
            most = others.aggregate(most=models.Max("substance"))["most"]
            self.substance = most or self.substance
        # Some fields only: what is typed in a draft does not count yet.
        is_whole = kwargs.get("update_fields") is None
        leader = self.leader() if is_whole else None
        if leader:
            self.validity_months = leader.validity_months
        result = super().save(*args, **kwargs)
        if is_whole and leader is None:
            # Not `save`: a draft that waits must not be published along.
            self.others().update(validity_months=self.validity_months)
        return result

    def others(self):
        """Return this module in its other languages."""
        versions = ModulePage.objects.filter(translation_key=self.translation_key)
        return versions.exclude(pk=self.pk)

    def leader(self):
        """Return the page that decides for all languages; None when it is this one.

        For how long an attestation is valid must not depend on the language in which
        one reads: the page in the site's own language says it, where there is one.
        """
        language = settings.LANGUAGE_CODE
        if self.locale.language_code == language:
            return None
        return self.others().filter(locale__language_code=language).first()

    def with_content_json(self, content):
        # No draft holds these two: an older one, published, must not undo them.
        page = super().with_content_json(content)
        page.substance, page.what_changed = self.substance, self.what_changed
        if self.leader():
            page.validity_months = self.validity_months
        return page

    def get_context(self, request, *args, **kwargs):
        from courses.reading import module_context

        context = super().get_context(request, *args, **kwargs)
        return context | module_context(self, request)

    @property
    def objective_list(self):
        return [line for line in map(str.strip, self.objectives.splitlines()) if line]


class Step(SitePage):
    """One page of a module. Its `translation_key` names it in every language."""

    minutes = models.PositiveSmallIntegerField(
        _("average duration, in minutes"), default=5
    )
    summary = models.TextField(
        _("in short, in plain language"),
        help_text=_("Three to five short sentences."),
        blank=True,
    )

    parent_page_types = ["courses.ModulePage"]
    subpage_types = []

    class Meta:
        abstract = True

    def get_context(self, request, *args, **kwargs):
        from courses.reading import step_context

        context = super().get_context(request, *args, **kwargs)
        return context | step_context(self, request)


class LessonPage(Step):
    body = StreamField(LESSON_BLOCKS, verbose_name=_("lesson"))

    content_panels = Page.content_panels + [
        FieldPanel("minutes"),
        FieldPanel("summary"),
        FieldPanel("body"),
    ]
    template = "courses/lesson.html"

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")

    def get_context(self, request, *args, **kwargs):
        from courses.reading import lesson_context

        context = super().get_context(request, *args, **kwargs)
        return context | lesson_context(self, request)


class ScenarioForm(WagtailAdminPageForm):
    """Refuses to publish a call in which a learner would be stuck."""

    def clean(self):
        cleaned = super().clean()
        if self.is_deferred_validation or self.errors:
            return cleaned
        try:
            found = scenarios.problems_of(graph_of(cleaned))
            problems = [problem.sentence for problem in found]
        except scenarios.BadEffects as bad:
            problems = [_("“%s” is not an effect. Write for example: trust +1.") % bad]
        for problem in problems:
            self.add_error("nodes", ValidationError(problem))
        return cleaned


def graph_of(fields):
    """Return the graph of a scenario from its three streams; see `scenarios`."""
    nodes, endings, measures = {}, {}, []
    for block in fields["nodes"]:
        value = block.value
        nodes[value["id"].strip()] = {
            "heard": value["heard"],
            "screen": value["screen"],
            "choices": [
                {
                    "say": choice["say"],
                    "to": choice["to"].strip(),
                    "effects": scenarios.parse_effects(choice["effects"] or ""),
                    "comment": choice["comment"],
                }
                for choice in value["choices"]
            ],
        }
    for block in fields["endings"]:
        value = dict(block.value)
        endings[value.pop("id").strip()] = value
    for block in fields["measures"]:
        measures.append(dict(block.value))
    return {
        "start": fields["start"].strip(),
        "nodes": nodes,
        "endings": endings,
        "measures": measures,
    }


class ScenarioPage(Step):
    intro = models.TextField(_("before the call"))
    role = models.CharField(_("the learner's role"), max_length=200)
    measures = StreamField(
        [("measure", MeasureBlock())], verbose_name=_("what moves"), blank=True
    )
    start = models.CharField(_("first moment"), max_length=30)
    nodes = StreamField([("moment", MomentBlock())], verbose_name=_("moments"))
    endings = StreamField([("ending", EndingBlock())], verbose_name=_("endings"))

    content_panels = Page.content_panels + [
        FieldPanel("minutes"),
        FieldPanel("summary"),
        FieldPanel("intro"),
        FieldPanel("role"),
        FieldPanel("measures"),
        FieldPanel("start"),
        FieldPanel("nodes"),
        FieldPanel("endings"),
    ]
    base_form_class = ScenarioForm
    template = "courses/scenario.html"

    class Meta:
        verbose_name = _("scenario")
        verbose_name_plural = _("scenarios")

    @property
    def graph(self):
        return graph_of(
            {name: getattr(self, name) for name in ("nodes", "endings", "measures")}
            | {"start": self.start}
        )

    def get_context(self, request, *args, **kwargs):
        from courses.reading import scenario_context

        context = super().get_context(request, *args, **kwargs)
        return context | scenario_context(self, request)


class CheckPage(Step):
    intro = RichTextField(_("before the questions"), features=SIMPLE_TEXT, blank=True)
    draw = models.PositiveSmallIntegerField(
        _("number of questions asked"),
        default=8,
        validators=[MinValueValidator(1), MaxValueValidator(40)],
        help_text=_("One of each topic; another of the same topic next time."),
    )
    pass_mark = models.FloatField(
        _("share of right answers needed"),
        default=0.75,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )

    content_panels = Page.content_panels + [
        FieldPanel("minutes"),
        FieldPanel("summary"),
        FieldPanel("intro"),
        FieldRowPanel([FieldPanel("draw"), FieldPanel("pass_mark")]),
        InlinePanel("check_questions", label=_("Question"), heading=_("Questions")),
    ]
    template = "courses/check.html"

    class Meta:
        verbose_name = _("check")
        verbose_name_plural = _("checks")

    def get_context(self, request, *args, **kwargs):
        from courses.reading import check_context

        context = super().get_context(request, *args, **kwargs)
        return context | check_context(self, request)


class CheckQuestion(Orderable):
    page = ParentalKey(
        CheckPage, on_delete=models.CASCADE, related_name="check_questions"
    )
    question = models.ForeignKey(
        Question,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("question"),
        limit_choices_to={"purpose": Question.Purpose.CHECK},
    )

    panels = [FieldPanel("question")]

    def __str__(self):
        return str(self.question)
