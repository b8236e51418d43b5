"""The synonyms to begin with (search/data/synonyms.json). What editors do with them afterwards stays."""

import json
from pathlib import Path

from django.db import migrations

FILE = Path(__file__).resolve().parents[1] / "data" / "synonyms.json"


def lay(apps, schema_editor):
    synonyms = apps.get_model("search", "Synonym").objects.using(schema_editor.connection.alias)
    if synonyms.exists():
        return
    first = json.loads(FILE.read_text(encoding="utf-8"))
    rows = [{"way": "equal", "words": "\n".join(words)} for words in first["groups"]]
    rows += [
        {"way": "one_way", "words": "\n".join(rule["from"]), "also": "\n".join(rule["to"])}
        for rule in first["one_way"]
    ]
    synonyms.bulk_create(synonyms.model(**row) for row in rows)


class Migration(migrations.Migration):
    dependencies = [("search", "0003_rules_and_insight")]

    operations = [migrations.RunPython(lay, migrations.RunPython.noop)]
