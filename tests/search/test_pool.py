"""What a judge gets to grade, of this site's own answers."""

import json

from django.core.management import call_command

from search.evaluation import pool, run, site
from search.models import SearchEntry


def test_what_the_site_shows_and_nobody_has_judged_is_written_for_a_judge(indexed, tmp_path, monkeypatch, capsys):
    asked = [query for query in run.read("queries") if query["text"] in ("workshop med virksomheder", "gdpr")]
    known = {"queries": asked, "labels": run.read("labels")}
    known["judgements"] = {query["id"]: {"grades": {site.answer(query["text"])[0]: 3}} for query in asked}
    monkeypatch.setattr(pool, "read", known.get)
    file = tmp_path / "pool.json"

    call_command("search", "evaluate", "--unjudged", str(file))

    rows = {row["text"]: row["entries"] for row in json.loads(file.read_text(encoding="utf-8"))}
    for query in asked:
        assert set(site.answer(query["text"])[1:]) <= set(rows[query["text"]])
        assert site.answer(query["text"])[0] not in rows[query["text"]]
    assert f"{sum(map(len, rows.values()))} par" in capsys.readouterr().out


def test_a_meeting_is_named_without_its_number_and_a_file_without_its_ending():
    for kind, url, key in (
        ("moede", "/moeder/3-18-kommuner-udvalgt/", "moede:18-kommuner-udvalgt"),
        ("metode", "/metoder/100-dages-samskabelse/", "metode:100-dages-samskabelse"),
        ("fil", "/dokumenter/7/byrolle.docx", "fil:byrolle"),
    ):
        assert site.key_of(SearchEntry(kind=kind, url=url)) == key
