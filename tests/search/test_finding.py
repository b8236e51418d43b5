"""Finding as a whole: what a person gets for what she types, on the real campaign."""

import logging

import pytest
from django.contrib.auth.models import AnonymousUser

from content import findable
from methods.models import MethodPage
from network import join
from network.finding import PLACES
from network.models import Membership, Municipality
from search import analysis, engines, explain, finding, meaning, ranking, rebuild, related, state, suggest, vocabulary
from search.models import SearchEntry, SearchRelated, SearchTask, SearchWord
from search.query import Alternative, Clause, Query
from tests.factories import MemberFactory, MembershipFactory, PostFactory, SpaceFactory, ThreadFactory

STRANGER = AnonymousUser()
pytestmark = pytest.mark.usefixtures("indexed")


def titles(found):
    return [result.card.title for result in found.results]


def find(text, user=STRANGER, **more):
    return finding.find(user, text, **more)


# --- Danish -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("landsbyerne", "landsby"),
        ("kommunernes strategier", "kommune strategi"),
        ("børnene", "barn"),
        ("Boernefamilier", "børnefamilier"),
        ("Aabenraa", "Åbenrå"),
        ("aeldre", "ældre"),
        ("Ærø", "Aeroe"),
        ("bosättning", "bosætning"),
    ],
)
def test_however_it_is_written_the_same_is_found(typed, other):
    first, second = find(typed), find(other)
    assert first.answer.total == second.answer.total > 0
    assert {hit.entry_id for hit in first.answer.hits} == {hit.entry_id for hit in second.answer.hits}


def test_a_compound_finds_its_parts_and_the_parts_find_the_compound():
    apart = {hit.entry_id for hit in find("udvikling af landsbyer", exact=True).answer.hits}
    joined = find("landsbyudvikling", exact=True)
    assert joined.answer.total
    assert {hit.entry_id for hit in joined.answer.hits} & apart
    assert any("kortlægning" in title.lower() for title in titles(find("kortlægning af landsbyer")))


def test_a_typo_is_told_and_where_nothing_is_found_mended_with_a_way_back():
    found = find("landsbyklynher")
    assert found.corrected
    assert found.meant
    assert found.results
    exact = find("landsbyklynher", exact=True)
    assert not exact.corrected
    assert not exact.answer.total


def test_a_typo_beside_a_right_word_is_mended_too_where_no_page_has_both():
    found = find("lansby klynger")
    assert found.corrected
    assert found.meant == "landsby klynger"
    assert find("lansby klynger", exact=True).loosened


def test_a_word_that_is_known_is_not_mended():
    found = find("landsby")
    assert not found.meant
    assert not found.corrected


def test_a_phrase_must_stand_as_it_is_written():
    loose = find("det gode liv")
    tight = find('"det gode liv"')
    assert 0 < tight.answer.total < loose.answer.total


def test_a_word_left_out_is_in_no_hit():
    every = find("landsby")
    without = find("landsby -interview")
    assert 0 < without.answer.total < every.answer.total


def test_few_hits_with_all_words_bring_those_with_most_and_say_so():
    found = find("landsby xylofon interview")
    assert found.loosened
    assert found.answer.total


def test_a_word_that_most_pages_have_brings_none_by_itself():
    assert find("lemvig xylofon kommune").loosened
    assert find("lemvig xylofon kommune").answer.total == find("lemvig").answer.total


def test_a_word_that_most_pages_have_is_asked_for_where_no_page_has_the_others():
    assert find("kommune xylofon").loosened
    assert find("kommune xylofon").answer.total == find("kommune").answer.total > 0


def test_a_whole_question_needs_not_all_of_its_words():
    asked = find("hvordan holder vi liv i landsbyer og byrum")
    listed = find("liv landsbyer byrum")
    assert asked.loosened
    assert asked.answer.total >= listed.answer.total > 0


def test_the_word_without_its_danish_letters_is_meant_before_a_more_frequent_one():
    assert vocabulary.nearest("oer") == "øer"


def test_a_small_word_is_meant_by_nobody():
    assert vocabulary.nearest("hver") != "hver"
    assert all(vocabulary.nearest(word) not in analysis.STOP_WORDS for word in ("hverr", "ikkke", "flerre"))


def test_a_municipality_is_found_by_its_towns_and_old_regions():
    assert "Mariagerfjord Kommune" in titles(find("Hadsund"))
    assert titles(find("Hanherred"))[0] == "Jammerbugt Kommune"


def test_each_place_belongs_to_one_municipality():
    told = [line.split(":") for line in PLACES.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    names = [name for _slug, names in told for name in names.split(",")]
    assert {slug for slug, _names in told} <= set(Municipality.objects.values_list("slug", flat=True))
    assert len(names) == len(set(names)) > 200


def test_the_word_for_a_kind_finds_that_kind():
    assert find("lolland projekt").results[0].card.kind == "projekt"
    assert find("lolland kommune").results[0].card.kind == "kommune"


def test_a_run_counts_less_where_its_words_stand_apart():
    run = Query((Clause((Alternative(("tom", "hus")),)),))
    together, apart = entry("tom hus og gade"), entry("tom gade og hus")
    scores = [ranking.score(run, row, {}, 10, frozenset(("tom", "hus"))) for row in (together, apart)]
    assert scores[1] == pytest.approx(ranking.APART * scores[0])


def entry(text):
    return SearchEntry(t_title="", t_tags="", t_summary="", t_body=text, t_parts="")


def test_the_name_of_a_shelf_weighs_as_text_and_that_of_a_tag_more():
    on_shelf = SearchEntry.objects.filter(facets__field="fase", facets__value="forankring")
    tagged = SearchEntry.objects.filter(facets__field="emneord", facets__value="landsbyer")
    assert on_shelf and all("forankring" in row.t_body and "forankring" not in row.t_tags for row in on_shelf)
    assert tagged and all("landsby" in row.t_tags.split() for row in tagged)


def test_the_name_of_a_municipality_is_offered_as_a_choice():
    found = find("havn i Lemvig")
    (offer,) = found.offers
    assert (offer.field, offer.value, offer.rest) == ("kommune", "lemvig", "havn")


def test_a_chosen_municipality_is_not_offered_again():
    assert not find("Lemvig", chosen={"kommune": ("lemvig",)}).offers


def test_the_negative_pairs_stay_apart(indexed):
    from search.analysis import parts, term
    from search.evaluation.run import read

    for pair in read("negative"):
        asked = term(pair["query"])
        from search.analysis import analyse

        analysed = analyse(pair["must_not_match_text"])
        assert asked not in analysed.terms, pair
        assert asked not in analysed.parts, pair
        assert not set(parts(pair["query"])) & set(analysed.terms), pair


# --- what is shown ----------------------------------------------------------------------------------


def test_a_method_comes_first_for_its_own_name():
    assert titles(find("kvalitative interviews"))[0] == "Kvalitative interviews"


def test_counts_of_a_facet_are_what_is_seen_after_choosing():
    found = find("landsby")
    for value, number in found.answer.facets["type"].items():
        assert find("landsby", chosen={"type": (value,)}).answer.total == number


def test_pages_follow_each_other_without_a_gap():
    total = find("kommune").answer.total
    seen = [hit.entry_id for page in range(1, total // 20 + 2) for hit in find("kommune", page=page).answer.hits]
    assert len(seen) == len(set(seen)) == total


def test_the_newest_first():
    found = find("kommune", sort="nyeste")
    rows = SearchEntry.objects.in_bulk([hit.entry_id for hit in found.answer.hits])
    dates = [rows[hit.entry_id].published for hit in found.answer.hits]
    dated = [date for date in dates if date]
    assert dated == sorted(dated, reverse=True)
    assert dates[: len(dated)] == dated


def test_marks_stand_in_title_or_passage():
    for result in find("landsby").results:
        pieces = [*result.title, *result.summary, *result.passage]
        if not any(piece.is_marked for piece in pieces):
            row = SearchEntry.objects.get(source="page", object_id=result.card.pk)
            assert "landsby" in {*analysis.analyse(row.also).terms, *row.t_parts.split()}


def test_few_hits_are_followed_by_what_is_like_them():
    found = find("ildsjæle")
    assert found.answer.total < finding.ENOUGH
    assert found.beside
    assert not {hit.entry_id for hit in found.alike} & {hit.entry_id for hit in found.answer.hits}


def test_related_pages_stand_on_a_method_and_are_public(client):
    page = MethodPage.objects.live().first()
    assert SearchRelated.objects.filter(entry__source="page", entry__object_id=page.pk).exists()
    assert "Ligner i indhold" in client.get(page.url).content.decode()


def test_a_related_page_that_was_closed_is_not_shown(client, worked_off):
    page = MethodPage.objects.live().first()
    row = SearchRelated.objects.filter(entry__object_id=page.pk, other__source="page").select_related("other").first()
    other = MethodPage._meta.get_field("page_ptr").related_model.objects.get(pk=row.other.object_id)
    other.specific.unpublish()
    assert other.title not in client.get(page.url).content.decode().split("Ligner i indhold")[-1]


def test_explain_says_why_in_words():
    lines = "\n".join(explain.explain("landsbyudvikling"))
    assert "søges som" in lines
    assert "i titlen" in lines or "i teksten" in lines or "sammensat ord" in lines
    assert "%" in lines


# --- rights -----------------------------------------------------------------------------------------


@pytest.fixture
def room(worked_off):
    """A closed space with a thread and a reply, one who is in it, and one who is not."""
    space = SpaceFactory(kind="on_request")
    person, other = MemberFactory(), MemberFactory()
    MembershipFactory(space=space, user=person)
    thread = ThreadFactory(space=space, author=person, title="Kvadrillen i havnen", text="Mazurka ved molen")
    PostFactory(thread=thread, author=person, text="Polkagris og kvadrille")
    findable.touch("thread", [thread.pk])
    findable.touch("post", list(thread.posts.values_list("pk", flat=True)))
    worked_off()
    return space, person, other


def test_a_member_finds_what_is_said_in_her_space_and_nobody_else_does(room):
    _space, person, other = room
    assert "Kvadrillen i havnen" in titles(find("kvadrille", person))
    for user in (other, STRANGER):
        found = find("kvadrille", user)
        assert not found.answer.total
        assert not found.results
        assert not found.beside
        assert not found.meant


def test_one_who_is_let_in_or_taken_out_finds_or_loses_it_at_once(room):
    space, person, other = room
    own = MembershipFactory(space=space, user=other)
    assert find("kvadrille", other).answer.total == 2
    Membership.objects.filter(pk=own.pk).delete()
    assert not find("kvadrille", other).answer.total
    join.leave(person, space)
    assert not find("kvadrille", person).answer.total


def test_words_of_a_closed_space_are_suggested_to_nobody(room):
    assert not SearchWord.objects.filter(folded__startswith="kvadrille").exists()
    assert not [row for group in suggest.suggestions("kvadri") for row in group.rows]
    assert vocabulary.nearest("kvadrilje") is None
    assert "kvadrille" not in find("kvadrilje").meant


def test_numbers_betray_nothing(room):
    _space, person, _other = room
    own = find("havn", person).answer
    strange = find("havn").answer
    assert own.total == strange.total + 1
    assert "traad" not in strange.facets["type"]


def test_a_hit_that_the_model_refuses_is_dropped_and_logged(caplog):
    """Unpublished behind the back of the index, which still finds them: the model itself is asked."""
    MethodPage.objects.update(live=False)
    with caplog.at_level(logging.ERROR):
        found = find("landsby", chosen={"type": ("metode",)})
    assert found.answer.total
    assert not found.results
    assert "second lock" in caplog.text
    assert "landsby" not in caplog.text.lower()


# --- engines ----------------------------------------------------------------------------------------


class Down(engines.Engine):
    name = "nede"

    def answer(self, query):
        raise engines.EngineDown("nede")


def test_when_the_other_engine_is_down_the_database_answers_and_says_so(monkeypatch):
    usual = find("landsby")
    monkeypatch.setattr(engines, "remote", lambda: Down())
    found = find("landsby")
    assert found.simplified
    assert titles(found) == titles(usual)


def test_while_something_lost_waits_to_leave_the_other_engine_it_is_not_asked(monkeypatch):
    monkeypatch.setattr(engines, "remote", lambda: Down())
    SearchTask.objects.create(source="page", object_id=0, stage="engine", losing=True, entry_id=1)
    found = find("landsby")
    assert found.results
    assert not found.simplified


def test_an_index_of_another_analysis_is_told(indexed):
    state.write("analyzer", "an older one")
    assert find("landsby").stale


def test_without_the_extra_there_is_no_meaning_and_all_the_rest(settings):
    settings.SEARCH_MEANING = False
    assert not meaning.is_available()
    assert find("landsby").results


def test_who_is_nearer_in_meaning_than_the_others_moves_up_by_a_share_of_the_best_score():
    rows = [SearchEntry(pk=pk, t_body="hus " * times) for pk, times in ((1, 9), (2, 8), (3, 7), (4, 1))]
    query = Query(
        (
            Clause(
                (
                    Alternative(
                        ("hus",),
                    ),
                )
            ),
        )
    )
    words = ranking.order(query, rows, {}, 10)
    assert list(words) == [1, 2, 3, 4]
    near = ranking.order(query, rows, {}, 10, {1: 0.80, 2: 0.80, 3: 0.83})
    assert list(near) == [3, 1, 2, 4]
    moved = {key: (near[key] - words[key]) / words[1] for key in words}
    # the standard deviation of 0.80, 0.80 and 0.83 is 0.0141, their mean 0.81
    assert moved[3] == pytest.approx(ranking.NEAR * 2**0.5)
    assert moved[1] == moved[2] == pytest.approx(-ranking.NEAR / 2**0.5)
    assert moved[4] == 0  # not read yet: as near as the others are
    assert ranking.order(query, rows, {}, 10, {1: 0.8, 2: 0.8}) == words


def test_rankings_are_joined_by_their_places():
    assert meaning.fused([1, 2, 3], [3, 1]) == [1, 3, 2]


# --- rebuild and check ------------------------------------------------------------------------------


def test_a_rebuild_changes_nothing_that_is_right(indexed):
    before = dict(SearchEntry.objects.values_list("pk", "version"))
    words = SearchWord.objects.count()
    report = rebuild.rebuild(lambda line: None)
    assert report.seen == len(before)
    assert report.changed == 0
    assert dict(SearchEntry.objects.values_list("pk", "version")) == before
    assert SearchWord.objects.count() == words


def test_a_rebuild_goes_on_where_it_was_cut_off(indexed, monkeypatch):
    names = [maker.name for maker in findable.registered()]
    seen = []
    usual = rebuild.entries.write

    def cut(name, pks):
        seen.append(name)
        if name == names[1]:
            raise KeyboardInterrupt
        return usual(name, pks)

    monkeypatch.setattr(rebuild.entries, "write", cut)
    with pytest.raises(KeyboardInterrupt):
        rebuild.rebuild(lambda line: None)
    monkeypatch.setattr(rebuild.entries, "write", lambda name, pks: seen.append(f"again {name}") or usual(name, pks))
    rebuild.rebuild(lambda line: None)
    assert f"again {names[0]}" not in seen
    assert f"again {names[1]}" in seen


def test_check_finds_and_mends_what_differs(indexed):
    row = SearchEntry.objects.filter(source="page").first()
    SearchEntry.objects.filter(pk=row.pk).update(title="Forkert titel")
    stray = SearchEntry.objects.create(
        source="page", object_id=10**9, kind="metode", audience="public", title="Spøgelse", url="/x/", analyzer="x"
    )
    assert rebuild.check(lambda line: None, mend=False) >= 2
    assert SearchEntry.objects.filter(pk=stray.pk).exists()
    assert rebuild.check(lambda line: None) >= 2
    assert not SearchEntry.objects.filter(pk=stray.pk).exists()
    row.refresh_from_db()
    assert row.title != "Forkert titel"
    assert rebuild.check(lambda line: None) == 0


def test_what_is_like_an_entry_is_never_itself(indexed):
    row = SearchEntry.objects.filter(source="page", kind="metode").first()
    near = related.nearest(row, SearchEntry.objects.count())
    assert near
    assert row.pk not in near


# --- suggestions ------------------------------------------------------------------------------------


def test_at_most_seven_suggestions_of_words_and_titles():
    groups = suggest.suggestions("land")
    rows = [row for group in groups for row in group.rows]
    assert 1 < len(rows) <= suggest.MOST
    assert all(row.url or row.text.startswith("land") for row in rows)


def test_a_title_is_suggested_from_any_of_its_words():
    rows = [row.text for group in suggest.suggestions("interv") for row in group.rows]
    assert "Kvalitative interviews" in rows


@pytest.mark.parametrize("text", ["", "a", '"', "\0", "\ud800", "x" * 10_000, "%", "_" * 5, "-", "(((("])
def test_any_text_may_be_half_typed(text):
    suggest.suggestions(text)


def test_a_page_that_is_unpublished_is_suggested_no_more(worked_off):
    page = MethodPage.objects.live().get(slug="kvalitative-interviews")
    page.unpublish()
    assert "Kvalitative interviews" not in [row.text for group in suggest.suggestions("kvalit") for row in group.rows]
    worked_off()
    assert "Kvalitative interviews" not in [row.text for group in suggest.suggestions("interv") for row in group.rows]
