"""Elasticsearch: a copy of the entries in one index behind an alias.

While a rebuild runs, a second alias (`…-building`) stands on the index that is being filled, and every change goes
through both. Versions are the entries' own, so nothing late can overwrite what is newer, in whatever order it comes.
"""

import json
import re
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from django.utils.translation import gettext as _
from elasticsearch import ApiError, ConnectionTimeout, Elasticsearch, TransportError
from elasticsearch.helpers import streaming_bulk

from search import analysis
from search.engines.base import WEIGHTS, Engine, EngineDown, WrongAnalysis
from search.engines.elastic_request import NEWEST_FIRST, among_body, facet, hits_body, numbers_body, read_answer
from search.query import Answer, Query

QUERY_SECONDS = 0.6  # all hosts together: after it the database still has time to answer within a second
LEAST_SECONDS = 0.05  # a try that is given less is not worth it
WRITE_SECONDS = 5.0  # a change may be sent by the request of the person who made it
BUILD_SECONDS = 30.0
MERGE_SECONDS = 600.0
PART = 250_000  # entries to a part of a fresh index
LAST_READERS = 1.0  # seconds that an index out of use is kept, for the searches that were under way in it
SLICE = 5_000
BULK_BYTES = 10_000_000
CONFLICT, NOT_THERE = 409, 404
TRY_ELSEWHERE = (429, 502, 503, 504)
PORTS = {"https": 443, "http": 80}

_TERMS = {"type": "text", "analyzer": "whitespace"}
SETTINGS = {
    "number_of_shards": 1,  # so that scores and numbers of facets are exact
    "auto_expand_replicas": "0-1",
    # Set by us, or an index that nobody searched for a while would not be refreshed by itself.
    "refresh_interval": "500ms",
    # How long a deletion is remembered: a late copy of what was deleted must not come back.
    "gc_deletes": "1h",
}
PROPERTIES = {
    "t_title": _TERMS,
    "t_tags": _TERMS,
    "t_summary": _TERMS,
    "t_body": _TERMS,
    "t_parts": _TERMS | {"index_options": "freqs"},
    "audience": {"type": "keyword"},
    "facets": {"type": "keyword", "eager_global_ordinals": True},
    "published": {"type": "date"},
    "expires": {"type": "date"},
    "id": {"type": "long"},
    "version": {"type": "long"},
}
SHAPE = f"{zlib.crc32(json.dumps([SETTINGS, PROPERTIES], sort_keys=True).encode()):08x}"


class ElasticEngine(Engine):
    """`url`: addresses of one cluster with commas between. `api_key`: as Elasticsearch gives it out, in base64.
    `ca`: the file of the authority that signed its certificate, where the system does not know it.
    `index`: the name of the alias; otherwise SEARCH_INDEX. Raises ImproperlyConfigured for what is no address."""

    name = "Elasticsearch"

    def __init__(self, url: str, api_key: str = "", ca: str = "", index: str | None = None):
        self.alias = index or settings.SEARCH_INDEX
        self.building = f"{self.alias}-building"
        hosts = [_address(part.strip()) for part in url.split(",") if part.strip()]
        if not hosts:
            raise ImproperlyConfigured("SEARCH_URL holds no address.")
        self._number_of_hosts = len(hosts)
        secure = {"ca_certs": ca} if ca else {}
        self._client = Elasticsearch(
            hosts,
            api_key=api_key or None,
            max_retries=0,
            dead_node_backoff_factor=1,
            max_dead_node_backoff=10,
            **secure,
        )
        self._fitting = ""  # the last index that was seen to be made by this analysis

    # --- asking -------------------------------------------------------------------------------------

    def answer(self, query: Query) -> Answer:
        now = timezone.now()
        hits, numbers = self._search(query, hits_body(query, now), numbers_body(query, now))
        return read_answer(hits, numbers, query)

    def among(self, query: Query, entry_ids: Iterable[int]) -> list[int]:
        keys = list(entry_ids)
        found = set()
        for at in range(0, len(keys), SLICE):
            (response,) = self._search(query, among_body(query, keys[at : at + SLICE], timezone.now()))
            found |= {int(hit["_id"]) for hit in response["hits"]["hits"]}
        return [key for key in keys if key in found]

    def count(self) -> int:
        until = time.monotonic() + QUERY_SECONDS
        return self._ask(until, lambda client: client.count(index=self.alias))["count"]

    def versions(self, after: int, to: int | None) -> dict[int, int]:
        """Return {key: version} of what it holds with `after` < key <= `to` (None: to the end). Raises EngineDown."""
        with _told():
            # It only reads: where a host has just died, the next is asked.
            client = self._client.options(
                request_timeout=BUILD_SECONDS, max_retries=self._number_of_hosts, retry_on_timeout=True
            )
            client.indices.refresh(index=self.alias)
            held = {}
            while True:
                keys = {"gt": max(held, default=after)} | ({} if to is None else {"lte": to})
                response = client.search(
                    index=self.alias,
                    query={"range": {"id": keys}},
                    sort=[{"id": "asc"}],
                    size=SLICE,
                    source=False,
                    docvalue_fields=["version"],
                    allow_partial_search_results=False,
                )
                hits = response["hits"]["hits"]
                held |= {int(hit["_id"]): hit["fields"]["version"][0] for hit in hits}
                if len(hits) < SLICE:
                    return held

    def _search(self, query, *bodies):
        until = time.monotonic() + QUERY_SECONDS
        # The same words go to the same copy of the index, so that their pages are slices of one order.
        copy = f"{zlib.crc32(repr((query.clauses, query.phrases)).encode()):x}"
        header = {"index": self.alias, "preference": copy, "allow_partial_search_results": False}
        lines = [line for body in bodies for line in (header, body)]
        responses = self._ask(until, lambda client: client.msearch(searches=lines))["responses"]
        for response in responses:
            if "error" in response:
                raise EngineDown(f"{response['status']} {response['error'].get('type', '')}")
        # An index told by its hits costs no request. One without hits may have been swapped in since.
        names = {hit["_index"] for response in responses for hit in response["hits"]["hits"]}
        if names != {self._fitting}:
            self._check_fit(until)
        return responses

    def _check_fit(self, until):
        told = self._ask(until, lambda client: client.indices.get_mapping(index=self.alias))
        if len(told) != 1 or not all(map(_fits, told.values())):
            self._fitting = ""
            raise WrongAnalysis(_("Indekset er lavet af en anden analyse: kør »search rebuild«."))
        (self._fitting,) = told

    def _ask(self, until: float, call: Callable):
        """Ask one host after the other until then (by the monotonic clock): there is time for two that hang."""
        share = (until - time.monotonic()) / min(self._number_of_hosts, 2)
        # One more than there are hosts: a connection that was kept open may have died meanwhile.
        for attempt in range(self._number_of_hosts + 1):
            left = until - time.monotonic()
            try:
                return call(self._client.options(request_timeout=max(min(share, left), LEAST_SECONDS)))
            except (ApiError, TransportError) as fault:
                is_last = attempt == self._number_of_hosts or time.monotonic() > until - LEAST_SECONDS
                if is_last or not _may_pass(fault):
                    raise _down(fault) from None
        raise AssertionError

    # --- changes ------------------------------------------------------------------------------------

    def write(self, entries: Sequence) -> None:
        self._change(lambda index: (_written(index, entry) for entry in entries))

    def forget(self, rows: Iterable[tuple[int, int]]) -> None:
        rows = list(rows)
        self._change(lambda index: (_forgotten(index, key, version) for key, version in rows))

    def _change(self, actions: Callable[[str], Iterator[dict]]):
        """Send the actions to the index in use and to the one being built.

        Whether one is being built is asked before the entries are sent, and they are in the database by now: a rebuild
        that begins later reads them there. If one ends in between, the bulk fails and comes again.
        """
        with _told():
            client = self._client.options(request_timeout=WRITE_SECONDS)
            aliases = [alias for alias, names in self._standing(client).items() if names]
            if not aliases:
                raise EngineDown(_("Der er intet indeks: kør »search rebuild«."))
            for alias in aliases:
                _send(client, actions(alias))

    # --- rebuild ------------------------------------------------------------------------------------

    def create(self) -> str:
        """Make an empty index, to which all changes go from now on as well; return its name. Raises EngineDown.

        An index that was begun and not taken into use is left alone from here on, and deleted by the next `use`.
        """
        name = f"{self.alias}-{datetime.now(UTC):%Y%m%d%H%M%S%f}"
        with _told():
            client = self._client.options(request_timeout=BUILD_SECONDS)
            client.indices.create(
                index=name,
                settings=SETTINGS,
                mappings={
                    "dynamic": "strict",
                    "_meta": {"analyzer": analysis.VERSION, "shape": SHAPE},
                    "properties": PROPERTIES,
                },
                # What is acknowledged must outlive a node: the second copy is there before the first entry.
                wait_for_active_shards="all",
                timeout="10s",
            )
            self._point(client, {self.building: name})
        return name

    def has(self, index: str) -> bool:
        """Tell whether `index` is the one being built, by this analysis. Raises EngineDown."""
        if not index:
            return False
        with _told():
            client = self._client.options(request_timeout=BUILD_SECONDS)
            return self._standing(client)[self.building] == {index} and all(
                map(_fits, client.indices.get_mapping(index=index).values())
            )

    def fill(self, index: str, rows: Sequence) -> None:
        """Copy saved SearchEntry rows, their facets prefetched, into the index being built. What it holds in a newer
        version stays. Raises EngineDown, also when another rebuild has begun since."""
        with _told():
            client = self._client.options(
                request_timeout=BUILD_SECONDS, max_retries=self._number_of_hosts, retry_on_timeout=True
            )
            if not _send(client, (_written(self.building, row) for row in rows), tries=3) <= {index}:
                raise EngineDown(_("En anden genopbygning er begyndt."))

    def use(self, index: str) -> None:
        """Take the filled `index` into use with one change of the alias, and delete older ones. Raises EngineDown."""
        with _told():
            client = self._client.options(request_timeout=BUILD_SECONDS)
            if self._standing(client)[self.building] != {index}:
                raise EngineDown(_("En anden genopbygning er begyndt."))
            self._merge(client, index)
            client.indices.refresh(index=index)
            self._warm(client, index)
            self._point(client, {self.alias: index, self.building: None})
            time.sleep(LAST_READERS)
            in_use = set().union(*self._standing(client).values())
            for old in self._ours(client) - in_use:
                client.indices.delete(index=old, ignore_unavailable=True)

    def _merge(self, client, index):
        """Filled in bulk it lies in dozens of parts, each of which is asked for every word. A common word is counted
        in several at once, by as many cores, so a large index keeps some."""
        number = client.count(index=index)["count"]
        patient = client.options(request_timeout=MERGE_SECONDS, max_retries=0)
        with suppress(ConnectionTimeout):  # it goes on without us
            patient.indices.forcemerge(index=index, max_num_segments=max(1, number // PART))

    def _warm(self, client, index):
        """Ask for every entry and number once: at a million entries the first who asks waits for over a second."""
        everything = {"match_all": {}}
        counts = {"numbers": {"terms": {"field": "facets", "size": 1}}}
        client.search(index=index, query=everything, aggs=counts, size=1, sort=NEWEST_FIRST)

    def _point(self, client, aliases):
        """Let each alias stand on the index named, and on no other, in one step. None: on none at all."""
        steps, standing = [], self._standing(client)
        for alias, name in aliases.items():
            steps += [{"remove": {"index": old, "alias": alias}} for old in standing[alias] - {name}]
            if name:
                steps.append({"add": {"index": name, "alias": alias}})
        if not client.indices.update_aliases(actions=steps)["acknowledged"]:
            raise EngineDown(_("Ikke alle knuder har set skiftet."))

    def _standing(self, client):
        """Return {alias: indices it stands on} of both aliases."""
        standing = {self.alias: set(), self.building: set()}
        for name, told in client.indices.get_alias(name=f"{self.alias}*").items():
            for alias in told["aliases"].keys() & standing.keys():
                standing[alias].add(name)
        return standing

    def _ours(self, client):
        """By the whole form of the name: another site of the same cluster may be called »forkant-test«."""
        form = re.compile(re.escape(self.alias) + r"-\d{20}")
        return {
            name for name in client.indices.get(index=f"{self.alias}-*", features="aliases") if form.fullmatch(name)
        }


@contextmanager
def _told():
    """What the client raises becomes EngineDown, without a word of what was asked."""
    try:
        yield
    except (ApiError, TransportError) as fault:
        raise _down(fault) from None


def _down(fault) -> EngineDown:
    """Of an error only its kind is told on: its reason may quote the words of a reader."""
    parts = [type(fault).__name__]
    if isinstance(fault, ApiError):
        error = fault.body.get("error") if isinstance(fault.body, dict) else None
        parts += [str(fault.meta.status), error.get("type", "") if isinstance(error, dict) else ""]
    return EngineDown(" ".join(filter(None, parts)))


def _may_pass(fault):
    """Whether another host may do better."""
    return not isinstance(fault, ApiError) or fault.meta.status in TRY_ELSEWHERE


def _fits(told):
    """Whether an index, told as `get_mapping` does, is made as this code would make it."""
    meta = told["mappings"].get("_meta", {})
    return (meta.get("analyzer"), meta.get("shape")) == (analysis.VERSION, SHAPE)


def _written(index, entry):
    return {
        "_op_type": "index",
        "_index": index,
        "_id": str(entry.pk),
        "version": entry.version,
        "version_type": "external",
        "require_alias": True,
        "_source": {
            **{column: getattr(entry, column) for column in WEIGHTS},
            "audience": entry.audience,
            "facets": [facet(one.field, one.value) for one in entry.facets.all()],
            "published": entry.published,
            "expires": entry.expires,
            "id": entry.pk,
            "version": entry.version,
        },
    }


def _forgotten(index, key, version):
    return {
        "_op_type": "delete",
        "_index": index,
        "_id": str(key),
        "version": version,
        "version_type": "external",
        "require_alias": True,
    }


def _send(client, actions, tries=0):
    """Send actions in bulk; return the names of the indices they went to. An action that comes after a newer one is
    no fault, nor is a deletion of what is not there."""
    names = set()
    for is_done, told in streaming_bulk(
        client, actions, max_chunk_bytes=BULK_BYTES, raise_on_error=False, max_retries=tries, initial_backoff=0.2
    ):
        ((verb, item),) = told.items()
        if not is_done and item["status"] != CONFLICT and (verb, item["status"]) != ("delete", NOT_THERE):
            raise EngineDown(f"{verb} {item['status']} {item.get('error', {}).get('type', '')}")
        names.add(item["_index"])
    return names


def _address(text):
    parts = urlsplit(text)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ImproperlyConfigured("SEARCH_URL must hold addresses such as https://search.example.org:9200.")
    return text if parts.port else f"{parts.scheme}://{parts.netloc}:{PORTS[parts.scheme]}{parts.path}"
