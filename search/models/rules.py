"""What editors tell the search: words that belong together, and pages that answer a question."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from content.listing import page_types
from search.rule_lines import checked_lines, terms_of

MOST_WORDS_OF_A_QUERY = 12


class Synonym(models.Model):
    """Words that are looked for together. Read at every search: what is saved counts from the next one on."""

    class Way(models.TextChoices):
        EQUAL = "equal", _("Ordene betyder det samme: den, der søger et af dem, finder dem alle")
        ONE_WAY = "one_way", _("Kun den ene vej: den, der søger ordene, finder også de andre")

    way = models.CharField(_("Hvordan hører de sammen?"), max_length=7, choices=Way.choices, default=Way.EQUAL)
    words = models.TextField(
        _("Ord"),
        help_text=_(
            "Ét på hver linje, fx »letbane«. Op til fire ord på en linje går an: »indre by«. "
            "Bøjninger kender søgningen selv: »letbane« er nok til »letbanerne«."
        ),
    )
    also = models.TextField(
        _("Find også"),
        blank=True,
        help_text=_("Kun når det gælder den ene vej: den, der søger »letbane«, finder også »nærbane«."),
    )

    class Meta:
        verbose_name = _("synonym")
        verbose_name_plural = _("synonymer")
        ordering = ["words", "pk"]

    def __str__(self):
        words, also = (", ".join(text.splitlines()) for text in (self.words, self.also))
        return f"{words} → {also}" if self.is_one_way else words

    @property
    def is_one_way(self):
        return self.way == self.Way.ONE_WAY

    def way_in_words(self):
        return _("Den ene vej") if self.is_one_way else _("Betyder det samme")

    way_in_words.short_description = _("Gælder")

    def clean(self):
        super().clean()
        words, also = _lines_of(self, "words", "also")
        if not words:
            return  # that it is missing is said by the field
        if self.is_one_way:
            _check_one_way(words, also)
        else:
            _check_group(words, also)
            self._check_other_groups(words)

    def _check_other_groups(self, words):
        asked = {terms_of(line): line for line in words}
        for group in Synonym.objects.filter(way=self.Way.EQUAL).exclude(pk=self.pk):
            if here := next((asked[run] for run in map(terms_of, group.words.splitlines()) if run in asked), None):
                raise ValidationError(
                    {
                        "words": _("»%(word)s« står allerede i gruppen »%(group)s«. Ret den gruppe i stedet.")
                        % {"word": here, "group": group}
                    }
                )


class Promotion(models.Model):
    """A page that the editors recommend to those who search for just this."""

    queries = models.TextField(
        _("Når nogen søger"),
        help_text=_("Én søgning på hver linje, fx »tomme huse«. Ordenes rækkefølge og bøjning betyder ikke noget."),
    )
    page = models.ForeignKey("wagtailcore.Page", models.CASCADE, related_name="+", verbose_name=_("Side"))
    reason = models.CharField(
        _("Hvorfor?"),
        max_length=200,
        help_text=_("Læserne ser det under »Redaktionen anbefaler«. Sig, hvad siden giver dem."),
    )
    since = models.DateField(_("Fra"), null=True, blank=True, help_text=_("Tom: med det samme."))
    until = models.DateField(_("Til og med"), null=True, blank=True, help_text=_("Tom: til den bliver fjernet."))
    sort_order = models.PositiveSmallIntegerField(
        _("Rækkefølge"), default=0, help_text=_("Lavest først. Der vises højst tre sider ved en søgning.")
    )

    class Meta:
        verbose_name = _("fremhævet side")
        verbose_name_plural = _("fremhævede sider")
        ordering = ["sort_order", "pk"]

    def __str__(self):
        return ", ".join(self.queries.splitlines())

    def clean(self):
        super().clean()
        _lines_of(self, "queries", most_words=MOST_WORDS_OF_A_QUERY)
        if self.since and self.until and self.until < self.since:
            raise ValidationError({"until": _("Datoen ligger før den første dag.")})
        if self.page_id and self.page.specific_class not in page_types():
            raise ValidationError({"page": _("Den slags side kan ikke findes i søgningen. Vælg en anden.")})


def _lines_of(rule, *names, **limits):
    """Tidy the fields `names` of a rule and return the lines of each. Every fault is said at its own field."""
    found, faults = [], {}
    for name in names:
        try:
            lines = checked_lines(getattr(rule, name), **limits)
        except ValidationError as fault:
            faults[name] = fault
            continue
        setattr(rule, name, "\n".join(lines))
        found.append(lines)
    if faults:
        raise ValidationError(faults)
    return found


def _check_group(words, also):
    if also:
        raise ValidationError(
            {"also": _("Feltet bruges kun, når det gælder den ene vej. Flyt ordene op, eller fjern dem.")}
        )
    if len(words) < 2:
        raise ValidationError({"words": _("»%(word)s« står alene. Skriv mindst to ord.") % {"word": words[0]}})


def _check_one_way(words, also):
    if not also:
        raise ValidationError({"also": _("Skriv, hvad der også skal findes.")})
    asked = {terms_of(line) for line in words}
    if both := next((line for line in also if terms_of(line) in asked), None):
        raise ValidationError({"also": _("»%(word)s« står i begge felter.") % {"word": both}})
