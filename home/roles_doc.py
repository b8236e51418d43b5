"""docs/roller.md, made from home.roles, so that the page cannot say other than what the groups get."""

from django.utils.translation import override

from home.roles import CHECKS, EVERYBODY, RIGHTS, ROLES, WORKFLOW

PAGE = """# Roller

Hvem må hvad i redaktionen. Siden er skrevet af `./run manage write_roles_doc` ud fra `home/roles.py`: ret dér, og
skriv den igen. Testene i `tests/home/test_roles.py` prøver hver række af, både for dem, der må, og dem, der ikke må.

## Roller

{roles}

En person kan være i flere grupper og må så det, de tilsammen må. Ingen har brug for at være superbruger.

**Facilitator** er ingen gruppe. Det er en rolle i ét rum: facilitatoren lukker folk ind, svarer på ansøgninger og
passer samtalen dér, og har ingen særlige rettigheder andre steder. **Medlem** er alle, der har en konto; de kommer
ikke ind i redaktionen.

## Hvem må hvad

{rights}

## Fra kladde til udgivet

Arbejdsgangen hedder »{workflow}« og gælder forsiden og alle sider under den:

{steps}

Gruppen får en mail, når en side kommer til dem. Den, der sendte siden, får en mail, når den bliver sendt tilbage eller
udgivet. Den, der selv trykker på knappen, får ingen. Sendes en side tilbage, skal der stå hvorfor. Når den kommer
igen, begynder den ved det tjek, der sendte den tilbage. Undervejs kan siden kun rettes af dem, der tjekker den.

{checks}

## Lav rollerne

`./run manage set_up_roles` laver grupperne, giver dem præcis de rettigheder, der står her, og laver arbejdsgangen. Den
kan køres igen, når som helst. En rettighed, der er givet i hånden til en af de {count} grupper, bliver taget igen:
har nogen brug for en undtagelse, så lav en gruppe til den. Andre grupper bliver ikke rørt. Det, der ses efter i et
tjek, kan redaktionen selv skrive om under Indstillinger → Opgaver i arbejdsgange; det bliver
stående.

Wagtails egne grupper *Editors* og *Moderators* og deres arbejdsgang bliver fjernet, når ingen bruger dem: medlemmerne
bliver flyttet til Redaktør og Udgiver.
"""


def roles_doc() -> str:
    """Return the whole page as Markdown."""
    with override("da"):
        return PAGE.format(
            roles=_roles(),
            rights=_rights(),
            workflow=WORKFLOW,
            steps=_steps(),
            checks=_checks(),
            count=_number(len(ROLES)),
        )


def _number(count):
    return {3: "tre", 4: "fire", 5: "fem"}.get(count, str(count))


def _table(heads, rows):
    lines = [heads, ["---", *(":-:" for _head in heads[1:])] if len(heads) > 2 else ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _roles():
    return _table(["Gruppe", "Hvad de gør"], [[f"**{name}**", str(words)] for name, words in ROLES.items()])


def _rights():
    rows = [[str(right.words), *("✓" if right.has(role) else "–" for role in EVERYBODY)] for right in RIGHTS]
    return _table(["", *EVERYBODY], rows)


def _steps():
    steps = ["Kladde: den, der skriver, sender siden til tjek."]
    steps += [f"{check.name}: gruppen {check.group} godkender eller sender tilbage." for check in CHECKS]
    return "\n".join(f"{place}. {step}" for place, step in enumerate([*steps, "Udgivet."], start=1))


def _checks():
    return "\n\n".join(
        f"### Det ses der efter i {check.name.lower()}\n\n" + "\n".join(f"- {line}" for line in check.look_for)
        for check in CHECKS
    )
