"""Write what the plan says, field by field, and leave what an editor has changed.

For each thing the loader keeps a hash per field of what it wrote last (home.Provenance). A field whose present
value has another hash has been edited: it is kept and reported. The rest follows the files.
"""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.files import File as DjangoFile
from wagtail.blocks import StreamValue
from wagtail.models import Page

from home.loading.comparing import hash_of, is_ordered, label, mark, rows_of, without_ids
from home.loading.reading import Fault, Record
from home.models import Provenance


@dataclass(frozen=True)
class Ref:
    """Another thing of the plan, by its key."""

    key: str


@dataclass(frozen=True)
class Rows:
    """The rows of a child relation, in order: a dict of fields each."""

    rows: list


@dataclass(frozen=True)
class Many:
    refs: list


@dataclass(frozen=True)
class Stream:
    """The blocks of a StreamField, as (type, value)."""

    blocks: list


@dataclass(frozen=True)
class Upload:
    path: Path


@dataclass
class Item:
    """One thing to be there: under `key`, of `model`, with `fields`; a page stands below `parent`.

    `natural`: fields by which a thing made by others is recognised, so that it is not made a second time.
    `of`: the key of a thing made earlier, of which these are further fields (they point at things made since).
    `at`: the record of the files it is made from.
    """

    key: str
    model: type
    fields: dict[str, Any]
    parent: str = ""
    natural: tuple = ()
    of: str = ""
    at: Record | None = None


@dataclass
class Report:
    lines: list[str] = field(default_factory=list)
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    kept: int = 0
    skipped: int = 0

    def say(self, what, key, why=""):
        setattr(self, what, getattr(self, what) + 1)
        words = {
            "created": "oprettet",
            "updated": "opdateret",
            "kept": "beholdt",
            "skipped": "sprunget over",
        }
        if what in words:
            self.lines.append(f"{words[what]}: {key}" + (f" ({why})" if why else ""))

    @property
    def summary(self):
        return (
            f"{self.created} oprettet, {self.updated} opdateret, {self.unchanged} uændret, "
            f"{self.kept} beholdt som redaktørens, {self.skipped} sprunget over."
        )


def too_long(plan):
    """Return a Fault for each text that its field does not hold: SQLite would keep it, PostgreSQL would not."""
    faults = []
    for item in plan:
        for name, value in item.fields.items():
            room = getattr(item.model._meta.get_field(name), "max_length", None)
            if room and isinstance(value, str) and len(value) > room:
                file, line = (item.at.file, item.at.line) if item.at else (item.key, 0)
                said = f"Teksten er på {len(value)} tegn; der er plads til {room}."
                faults.append(Fault(file, line, label(item.model, name), said))
    return faults


class Writer:
    """Takes items one by one. Call inside a transaction; `uploaded` names files to remove if it is rolled back."""

    def __init__(self, report=None):
        self.report = report or Report()
        self.known = {row.key: row for row in Provenance.objects.all()}
        self.made = {}
        self.uploaded = []

    def resolve(self, ref):
        """Return the object behind a Ref, or None where it was deleted."""
        if ref.key not in self.made:
            row = self.known.get(ref.key)
            self.made[ref.key] = _model(row.model).objects.filter(pk=row.object_id).first() if row else None
        return self.made[ref.key]

    def write(self, item):
        row = self.known.get(item.key) or self._row_of(item)
        if row is None:
            if (found := self._natural(item)) is not None:
                self.made[item.key] = found
                return self.report.say("skipped", item.key, "findes i forvejen og er ikke lavet af indlæsningen")
            return self._create(item)
        thing = item.model.objects.filter(pk=row.object_id).first()
        self.made[item.key] = thing
        if thing is None:
            return self.report.say("skipped", item.key, "slettet af en redaktør")
        if isinstance(thing, Page) and not thing.live:
            return self.report.say("skipped", item.key, "afpubliceret af en redaktør")
        if isinstance(thing, Page) and thing.has_unpublished_changes:
            return self.report.say("skipped", item.key, "har en kladde, der ikke er udgivet")
        return self._update(item, thing, row)

    def _row_of(self, item):
        thing = self.resolve(Ref(item.of)) if item.of else None
        return thing and Provenance(key=item.key, model=item.model._meta.label, object_id=str(thing.pk), hashes={})

    def _natural(self, item):
        if not item.natural:
            return None
        rows = item.model.objects.filter(**{name: item.fields[name] for name in item.natural})
        if item.parent:
            rows = rows.child_of(self.made[item.parent])
        return rows.first()

    def _create(self, item):
        if item.parent and self.resolve(Ref(item.parent)) is None:
            return self.report.say("skipped", item.key, f"{item.parent} findes ikke længere")
        thing = item.model()
        rows = {name: value for name, value in item.fields.items() if isinstance(value, Rows | Many)}
        for name, value in item.fields.items():
            if name not in rows:
                self._set(thing, name, value)
        if isinstance(thing, Page):
            self.made[item.parent].refresh_from_db()
            self.made[item.parent].add_child(instance=thing)
        # A new page gets its rows after it stands in the tree, so that they are written once: by publishing.
        for name, value in rows.items():
            self._set(thing, name, value)
        self._save(thing)
        self.made[item.key] = thing
        hashes = {name: mark(thing, name) for name in item.fields}
        row = Provenance(key=item.key, model=item.model._meta.label, object_id=str(thing.pk), hashes=hashes)
        row.save()
        self.known[item.key] = row
        return self.report.say("created", item.key)

    def _update(self, item, thing, row):
        edited, changed = [], []
        for name, value in item.fields.items():
            present = mark(thing, name)
            wanted = hash_of(self._wanted(thing, name, value))
            if present == wanted:
                row.hashes[name] = wanted
            elif name in row.hashes and present != row.hashes[name]:
                edited.append(label(item.model, name))
            else:
                self._set(thing, name, value)
                row.hashes[name] = wanted
                changed.append(label(item.model, name))
        if changed:
            self._save(thing)
        row.save()
        if edited:
            self.report.say("kept", item.key, "ændret af en redaktør: " + ", ".join(edited))
        if changed:
            self.report.say("updated", item.key, ", ".join(changed))
        if not edited and not changed:
            self.report.say("unchanged", item.key)

    def _save(self, thing):
        if isinstance(thing, Page):
            thing.save_revision().publish()
            thing.refresh_from_db()
        else:
            thing.save()

    # --- fields: setting them, and saying what they should hold as home.loading.comparing does --------

    def _set(self, thing, name, value):
        match value:
            case Ref():
                setattr(thing, name, self.resolve(value))
            case Rows():
                getattr(thing, name).set(self._rows(thing, name, value))
            case Many():
                setattr(thing, name, [self.resolve(ref) for ref in value.refs if self.resolve(ref)])
            case Stream():
                setattr(thing, name, self._stream(thing, name, value))
            case Upload():
                thing.file = DjangoFile(value.path.open("rb"), name=value.path.name)
                thing._set_document_file_metadata()
                thing.file.save(value.path.name, thing.file, save=False)
                self.uploaded.append((thing.file.storage, thing.file.name))
            case _:
                setattr(thing, name, value)

    def _rows(self, thing, name, rows):
        model = getattr(thing, name).model
        return [model(**self._row(model, row, place)) for place, row in enumerate(self._alive(rows))]

    def _alive(self, rows):
        return [
            row
            for row in rows.rows
            if all(self.resolve(value) is not None for value in row.values() if isinstance(value, Ref))
        ]

    def _row(self, model, row, place):
        fields = {name: self.resolve(value) if isinstance(value, Ref) else value for name, value in row.items()}
        return {**fields, "sort_order": place} if is_ordered(model) else fields

    def _stream(self, thing, name, value):
        block = thing._meta.get_field(name).stream_block
        raw = [{"type": kind, "value": self._raw(content)} for kind, content in value.blocks]
        return StreamValue(block, raw, is_lazy=True)

    def _raw(self, content):
        match content:
            case Ref():
                thing = self.resolve(content)
                return thing.pk if thing else None
            case dict():
                return {name: self._raw(part) for name, part in content.items()}
            case list():
                return [self._raw(part) for part in content]
            case _:
                return content

    def _wanted(self, thing, name, value):
        match value:
            case Ref():
                found = self.resolve(value)
                return found.pk if found else None
            case Rows():
                return rows_of(thing._meta.get_field(name), self._rows(thing, name, value))
            case Many():
                return sorted(found.pk for found in map(self.resolve, value.refs) if found)
            case Stream():
                return without_ids(self._stream(thing, name, value).get_prep_value())
            case Upload():
                return hashlib.sha1(value.path.read_bytes(), usedforsecurity=False).hexdigest()
            case _:
                return thing._meta.get_field(name).to_python(value)


def _model(name):
    return apps.get_model(name)
