"""Who may do what in the redaction: the one list that the groups, docs/roller.md and the tests are made from.

Nobody needs to be a superuser. Facilitator is no group: it is a role in one space (network.Membership).
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

EDITOR, CHECKER, PUBLISHER, ADMINISTRATOR = "Redaktør", "Fagtjekker", "Udgiver", "Administrator"
ROLES = {
    EDITOR: _("Skriver og retter sider, lægger billeder og filer ind, og sender til tjek."),
    CHECKER: _("Kender faget: ser, om det, vi skriver, passer, og godkender eller sender tilbage."),
    PUBLISHER: _("Ser sproget efter, udgiver, afpublicerer og låser."),
    ADMINISTRATOR: _("Må det, de andre må, og passer brugere, rum, kommuner og det, der står på alle sider."),
}
WRITERS = (EDITOR, PUBLISHER, ADMINISTRATOR)
PUBLISHERS = (PUBLISHER, ADMINISTRATOR)
ADMINISTRATORS = (ADMINISTRATOR,)
EVERYBODY = tuple(ROLES)


def _each(app, actions, *models):
    return tuple(f"{app}.{action}_{model}" for model in models for action in actions)


VOCABULARY = ("theme", "phase", "targetgroup", "challenge", "tag")


@dataclass(frozen=True)
class Right:
    """One thing that some may do and others not.

    `given`: the roles whose group gets the permissions: `pages` on the front page and all below, `collections` on
    all pictures and files, `models` everywhere. `anyway`: the roles that may it by another right or by a check.
    """

    key: str
    words: str
    given: tuple = ()
    anyway: tuple = ()
    pages: tuple = ()
    collections: tuple = ()
    models: tuple = ()

    def has(self, role):
        return role in self.given or role in self.anyway


RIGHTS = (
    Right("enter", _("Komme ind i redaktionen"), EVERYBODY, models=("wagtailadmin.access_admin",)),
    Right("see_pages", _("Se sidetræet og sammenligne udgaver af det, man må rette"), anyway=EVERYBODY),
    Right(
        "write_pages",
        _("Skrive nye sider, rette alle sider under forsiden, gemme kladder og sende til tjek"),
        WRITERS,
        pages=("wagtailcore.add_page", "wagtailcore.change_page"),
    ),
    Right("edit_in_check", _("Rette en side, der ligger til fagligt tjek"), anyway=(CHECKER, ADMINISTRATOR)),
    Right("edit_in_language_check", _("Rette en side, der ligger til sprogtjek"), anyway=PUBLISHERS),
    Right("check_subject", _("Godkende i »Fagligt tjek«, eller sende tilbage"), anyway=(CHECKER, ADMINISTRATOR)),
    Right("check_language", _("Godkende i »Sprogtjek« og dermed udgive, eller sende tilbage"), anyway=PUBLISHERS),
    Right(
        "step_in",
        _("Træde ind i ethvert tjek, uden at få mails om det"),
        ADMINISTRATORS,
        (),
        models=("content.step_in_checktask",),
    ),
    Right(
        "publish",
        _("Udgive uden tjek, afpublicere og bestemme, hvem der må læse en side"),
        PUBLISHERS,
        pages=("wagtailcore.publish_page",),
    ),
    Right("lock", _("Låse en side"), PUBLISHERS, pages=("wagtailcore.lock_page",)),
    # Wagtail shows the tree of pages to those who may do something to one; to a checker this is the least of it.
    Right(
        "unlock",
        _("Låse en side op, som en anden har låst"),
        (CHECKER, *PUBLISHERS),
        pages=("wagtailcore.unlock_page",),
    ),
    Right("delete_drafts", _("Slette sider, der ikke er ude"), anyway=WRITERS),
    Right("delete_pages", _("Slette en side, der er ude, når der ingen er under den"), anyway=PUBLISHERS),
    Right(
        "delete_branch",
        _("Slette en side med alle sider under den"),
        ADMINISTRATORS,
        pages=("wagtailcore.bulk_delete_page",),
    ),
    Right(
        "choose_files",
        _("Vælge billeder og filer til en side"),
        EVERYBODY,
        collections=("wagtailimages.choose_image", "wagtaildocs.choose_document"),
    ),
    Right(
        "add_files",
        _("Lægge billeder og filer ind, og rette og slette sine egne"),
        WRITERS,
        collections=("wagtailimages.add_image", "wagtaildocs.add_document"),
    ),
    Right(
        "change_files",
        _("Rette og slette andres billeder og filer"),
        PUBLISHERS,
        collections=("wagtailimages.change_image", "wagtaildocs.change_document"),
    ),
    Right(
        "collections",
        _("Lave og rette samlinger af billeder og filer"),
        ADMINISTRATORS,
        collections=_each("wagtailcore", ("add", "change", "delete"), "collection"),
    ),
    Right(
        "words",
        _("Skrive og rette temaer, faser, målgrupper, udfordringer og emneord"),
        WRITERS,
        models=_each("taxonomy", ("add", "change", "view"), *VOCABULARY),
    ),
    Right(
        "delete_words",
        _("Slette temaer og andre ord"),
        ADMINISTRATORS,
        models=_each("taxonomy", ("delete",), *VOCABULARY),
    ),
    Right(
        "search_insight",
        _("Se, hvad der bliver søgt på"),
        WRITERS,
        models=("search.view_searchweek",),
    ),
    Right(
        "search_rules",
        _("Skrive, rette og slette synonymer og fremhævede sider i søgningen"),
        WRITERS,
        models=_each("search", ("add", "change", "delete", "view"), "synonym", "promotion"),
    ),
    Right(
        "municipalities",
        _("Rette kommuner og lave opdigtede"),
        ADMINISTRATORS,
        models=_each("network", ("add", "change", "view"), "municipality"),
    ),
    Right(
        "meetings",
        _("Skrive og rette møder i den offentlige kalender, og holde netværkets møder"),
        WRITERS,
        models=_each("network", ("add", "change", "view"), "meeting"),
    ),
    Right(
        "reports",
        _("Se til anmeldelser af indlæg i åbne rum (i et lukket rum gør facilitator det)"),
        WRITERS,
        models=_each("network", ("change", "view"), "report"),
    ),
    Right(
        "handed_on",
        _("Se til den anmeldelse, en facilitator har givet videre, og dens ene indlæg"),
        anyway=ADMINISTRATORS,
    ),
    Right(
        "spaces", _("Lave og rette rum"), ADMINISTRATORS, models=_each("network", ("add", "change", "view"), "space")
    ),
    Right(
        "texts",
        _("Rette menu, bund og de tekster, der står på alle sider"),
        ADMINISTRATORS,
        models=_each("content", ("change",), "sitetexts"),
    ),
    Right(
        "redirects",
        _("Føre en gammel adresse videre til en ny"),
        ADMINISTRATORS,
        models=_each("wagtailredirects", ("add", "change", "delete", "view"), "redirect"),
    ),
    Right(
        "workflows",
        _("Rette arbejdsgange, og hvad der ses efter i et tjek"),
        ADMINISTRATORS,
        models=_each("wagtailcore", ("add", "change", "delete", "view"), "workflow", "task"),
    ),
    Right(
        "users",
        _("Oprette brugere, rette dem og slå dem fra"),
        ADMINISTRATORS,
        models=_each("accounts", ("add", "change", "view"), "user"),
    ),
    Right(
        "groups",
        _("Lave og rette grupper"),
        ADMINISTRATORS,
        models=_each("auth", ("add", "change", "delete", "view"), "group"),
    ),
)


def permissions_of(role, kind) -> set[str]:
    """Return the permissions ("app.codename") of a role, of one kind: pages, collections or models."""
    return {name for right in RIGHTS if role in right.given for name in getattr(right, kind)}


WORKFLOW = "Fra kladde til udgivet"


@dataclass(frozen=True)
class Check:
    name: str
    group: str
    look_for: tuple


CHECKS = (
    Check(
        "Fagligt tjek",
        CHECKER,
        (
            "Står det, vi skriver, i kilderne? Åbn hver kilde og find stedet.",
            "Er tal, årstal og navne på kommuner rigtige?",
            "Kan en planlægger i en anden kommune gøre det efter os?",
            "Er det sagt, når noget er vores egen tolkning?",
            "Er det, vi ikke ved, sprunget over og ikke gættet?",
            "Står det også, hvad der ikke virkede?",
        ),
    ),
    Check(
        "Sprogtjek",
        PUBLISHER,
        (
            "Siger titlen og »kort fortalt« hver for sig, hvad siden er, og hvad man kan bruge den til?",
            "Er der én tanke i hver sætning, helst på højst 15 ord?",
            "Siger vi I til kommuner og du til den, der læser?",
            "Bruger vi de samme ord som resten af siden: metode, værktøj, casefortælling, projekt?",
            "Har hvert billede ord til den, der ikke kan se det, og navn på den, der har rettighederne?",
            "Siger hvert link, hvor det fører hen, og virker det?",
            "Er der valgt en ansvarlig og en dato, hvor siden skal ses efter?",
        ),
    ),
)
