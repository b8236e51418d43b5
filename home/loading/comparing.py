"""What a field of a thing holds, in one form that can be compared and hashed.

The loader and the panel of the editors ask here, so that both mean the same by »changed«.
"""

import hashlib
import json
import re

from django.db.models import FileField
from wagtail.fields import StreamField

# What the admin's form adds of its own when a page is opened and saved.
BLOCK_KEY = re.compile(r' data-block-key="[^"]*"')


def mark(thing, name) -> str:
    """Return the hash of what `thing` holds under `name`: a field, a relation of rows or of many."""
    return hash_of(present(thing, name))


def present(thing, name):
    """Return what `thing` holds under `name`, as plain data. A page may be a row of the database or a revision."""
    field = thing._meta.get_field(name)
    if field.one_to_many:
        return rows_of(field, getattr(thing, name).all())
    if field.many_to_many:
        return sorted(found.pk for found in getattr(thing, name).all())
    if field.is_relation:
        return getattr(thing, field.attname)
    if isinstance(field, FileField):
        return thing.file_hash
    if isinstance(field, StreamField):
        return without_ids(getattr(thing, name).get_prep_value())
    return even(field.to_python(getattr(thing, name)))


def even(value):
    """Return a text as the files have it: a browser sends other line ends. Anything else is left as it is."""
    return BLOCK_KEY.sub("", value).replace("\r\n", "\n") if isinstance(value, str) else value


def rows_of(relation, rows):
    """Return `rows` of a child relation as plain data. Those without an order of their own compare as a set."""
    left_out = {relation.field.name, relation.related_model._meta.pk.name, "sort_order"}
    fields = [field for field in relation.related_model._meta.concrete_fields if field.name not in left_out]
    plain = [{field.name: even(field.to_python(getattr(row, field.attname))) for field in fields} for row in rows]
    return plain if is_ordered(relation.related_model) else sorted(plain, key=_as_text)


def is_ordered(model):
    return any(field.name == "sort_order" for field in model._meta.get_fields())


def without_ids(raw):
    """Return the raw data of a stream as the files have it: the items of a list may stand bare or with ids."""
    match raw:
        case {"type": "item", "value": value}:
            return without_ids(value)
        case dict():
            return {name: without_ids(part) for name, part in raw.items() if name != "id"}
        case list():
            return [without_ids(part) for part in raw]
        case _:
            return even(raw)


def hash_of(value) -> str:
    return hashlib.sha256(_as_text(value).encode()).hexdigest()[:32]


def label(model, name) -> str:
    """Return the Danish name of a field, or of what stands in the rows behind a relation."""
    field = model._meta.get_field(name)
    return str(_rows_label(field) if field.one_to_many else field.verbose_name)


def _rows_label(relation):
    """Rows that only tie a page to one other thing go by its name: the words of a page are »temaer«."""
    rows = relation.related_model._meta
    others = [field for field in rows.fields if field.is_relation and field != relation.field]
    if "verbose_name_plural" not in rows.original_attrs and len(others) == 1:
        return others[0].related_model._meta.verbose_name_plural
    return rows.verbose_name_plural


def _as_text(value):
    return json.dumps(value, default=str, sort_keys=True, ensure_ascii=False)
