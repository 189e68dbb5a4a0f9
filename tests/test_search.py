"""Free-text search and "more like this", on the real index and the real full-text rows."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from matcher import variants
from matcher.core.domain import (
    Contract,
    Kind,
    Location,
    Organisation,
    OrganisationId,
    Posting,
    PostingId,
    PostingStatus,
    Profile,
    ProfileId,
    Remote,
)
from matcher.core.errors import InvalidRecord, NotFound
from matcher.core.ports import Encoders
from matcher.core.scoring import WISHES, Match, Weights
from matcher.engine import Matcher
from matcher.naming import EVERYDAY, WORDS_TOO
from matcher.search import NAMED_SHARE, WORDS, WORDS_WEIGHT, Filters, Found, Search, sought, understood
from matcher.stages.text import neutral, parse
from matcher.stores import open_store
from matcher.stores.snapshots import Snapshots
from matcher.variants import MOST_KNOWN
from models.thesaurus import Thesaurus
from tests.fakes import FakeEncoder, FakeThesaurus

TODAY = date(2026, 11, 23)
KNOWN = {"python": "skill:python", "php": "skill:php", "sql": "skill:sql", "agile": "skill:agile"}


def _profile(id_: str, headline: str, **fields: object) -> Profile:
    return Profile(ProfileId(id_), headline, visible_to_recruiters=True, **fields)  # type: ignore[arg-type] # by name


PROFILES = [
    _profile("ana", "Data scientist", skills=("Python", "SQL"), locations=(Location(department="69"),)),
    _profile("bob", "Data scientist", skills=("Python", "PHP"), summary="Amateur d'open data et de santé."),
    _profile("eve", "Data analyst", summary="Des données ouvertes : open, puis data.", contracts=(Contract.FREELANCE,)),
    _profile("law", "Juriste", locations=(Location(region="Bretagne"),), experience_years=4.0, remote=Remote.FULL),
    _profile("shy", "Data scientist", hidden_from=(OrganisationId("dinum"),)),
    replace(_profile("off", "Data scientist Python open data"), visible_to_recruiters=False),
]
POSTINGS = [
    Posting(PostingId("p1"), "Data scientist", organisation=Organisation(OrganisationId("insee")), skills=("Python",)),
    Posting(PostingId("p2"), "Data analyst", description="Du SQL et de l'open data."),
    Posting(PostingId("p3"), "Juriste"),
    Posting(PostingId("closed"), "Data scientist", status=PostingStatus.CLOSED),
]


@pytest.fixture(scope="module")
def matcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matcher]:
    home: Path = tmp_path_factory.mktemp("home")
    found = Matcher(
        store=open_store(None, home=home),
        encoders=Encoders.alike(FakeEncoder()),
        thesaurus=FakeThesaurus(KNOWN, methods=("skill:agile",)),
        snapshots=Snapshots(home / "snapshots"),
        today=lambda: TODAY,
    )
    found.open()
    found.put([*PROFILES, *POSTINGS])
    yield found
    found.close()


def _ids(found: Found, kind: Kind = Kind.PROFILE) -> list[str]:
    return [one.match.profile_id if kind is Kind.PROFILE else one.match.posting_id for one in found.explanations]


def _search(matcher: Matcher, text: str, kind: Kind = Kind.PROFILE, **fields: object) -> Found:
    return matcher.search(Search(kind, text, **fields))  # type: ignore[arg-type] # by name


def _said(found: Found) -> dict[str, float]:
    """Return how well each person's words answer."""
    return {
        one.match.profile_id: part.similarity
        for one in found.explanations
        for part in one.match.contributions
        if part.name == WORDS
    }


def test_who_is_invisible_is_neither_found_nor_counted(matcher: Matcher) -> None:
    found = _search(matcher, "data scientist", k=100)
    assert "off" not in _ids(found)
    assert found.total == len(_ids(found)) == 5
    assert sum(found.counts["experience"].values()) == 5


def test_who_hides_from_the_organisation_is_neither_found_nor_counted(matcher: Matcher) -> None:
    found = _search(matcher, "data scientist", k=100, organisation=OrganisationId("dinum"))
    assert {"shy", "off"}.isdisjoint(_ids(found))
    assert found.total == sum(found.counts["region"].values()) == 4


def test_a_phrase_must_stand_side_by_side_and_an_exclusion_must_not(matcher: Matcher) -> None:
    assert _ids(_search(matcher, '"open data"')) == ["bob"]
    assert "bob" not in _ids(_search(matcher, "data scientist -PHP", k=100))
    assert _ids(_search(matcher, '"open data" -santé')) == []


def test_one_of_two_phrases_with_or_between_them_is_enough(matcher: Matcher) -> None:
    assert _ids(_search(matcher, '"open data" ou "jamais écrit"')) == ["bob"]
    assert _ids(_search(matcher, '"open data" "jamais écrit"')) == []


def test_an_excluded_word_is_one_in_singular_and_plural_whatever_its_case_and_accents(matcher: Matcher) -> None:
    for text in ("data -donnee", "data -données", "data sauf Données", "data, pas de donnée"):
        assert set(_ids(_search(matcher, text, k=100))) == {"ana", "bob", "law", "shy"}, text


def test_small_words_count_nothing_and_where_no_word_is_left_there_is_no_such_aspect(matcher: Matcher) -> None:
    for text in ("Rennes ou Lyon", "dans le Rhône"):
        for one in _search(matcher, text).explanations:
            assert WORDS not in {part.name for part in one.match.contributions}
            assert sum(part.weight for part in one.match.contributions) == pytest.approx(1.0, abs=1e-6)
    said = _said(_search(matcher, "amateur de php", k=100))
    assert {name for name, similarity in said.items() if similarity} == {"bob"}, "Eve writes `des` and `de`"


def test_languages_and_years_are_asked_of_those_who_are_looked_for() -> None:
    query = parse("juriste, anglais C1, plus de 5 ans")
    posting, profile = (
        sought(query, kind, FakeThesaurus(), organisation=None) for kind in (Kind.PROFILE, Kind.POSTING)
    )
    assert isinstance(posting, Posting)
    assert isinstance(profile, Profile)
    assert posting.languages == profile.languages == ("anglais C1",)
    assert posting.experience_years_min == profile.experience_years == 5


def test_who_wants_to_be_in_an_excluded_place_alone_is_not_found(matcher: Matcher) -> None:
    for text in ("data hors Lyon", "data -Lyon", "data sauf Auvergne-Rhône-Alpes"):
        found = _search(matcher, text, k=100)
        assert set(_ids(found)) == {"bob", "eve", "law", "shy"}, text
        assert found.total == sum(found.counts["region"].values()) == 4
    assert set(_ids(_search(matcher, "juriste hors Ille-et-Vilaine", k=100))) == {"ana", "bob", "eve", "law", "shy"}


def test_a_region_and_a_part_of_it_are_more_than_the_part(matcher: Matcher) -> None:
    matcher.put([_profile("idf", "Juriste", locations=(Location(region="Île-de-France"), Location(department="75")))])
    try:
        assert "idf" in _ids(_search(matcher, "juriste hors Paris", k=100))
        assert "idf" not in _ids(_search(matcher, "juriste hors Île-de-France", k=100))
    finally:
        matcher.delete(Kind.PROFILE, "idf")


def test_who_hides_stays_hidden_where_a_place_is_refused(matcher: Matcher) -> None:
    found = _search(matcher, "data hors Lyon", k=100, organisation=OrganisationId("dinum"))
    assert set(_ids(found)) == {"bob", "eve", "law"}
    assert found.total == sum(found.counts["region"].values()) == 3


def test_who_has_far_more_experience_than_asked_comes_after_who_has_what_is_asked(matcher: Matcher) -> None:
    people = [_profile(f"y{years}", "Juriste", experience_years=float(years)) for years in (15, 0, 3, 2, 6)]
    people.append(_profile("silent", "Juriste"))
    matcher.put(people)
    try:
        found = _search(matcher, "juriste junior", k=100)
        names = [name for name in _ids(found) if name[1:].isdigit() or name == "silent"]
        assert names[2:] == ["y3", "y6", "y15", "silent"]
        assert {*names[:2]} == {"y0", "y2"}
        said = {one.match.profile_id: one.sentence for one in found.explanations}
        assert "expérience suffisante" in said[ProfileId("y2")]["fr"]
        assert "plus d’expérience que demandé" in said[ProfileId("y15")]["fr"]
        assert "more experience than asked" in said[ProfileId("y3")]["en"]
        assert "expérience" not in said[ProfileId("silent")]["fr"]
        assert found.total == 5 + len(people)
        for text in ("juriste", "juriste, débutant accepté", "juriste, 0 à 15 ans"):
            found = _search(matcher, text, k=100)
            assert "plus d’expérience" not in " ".join(one.sentence["fr"] for one in found.explanations), text
    finally:
        for one in people:
            matcher.delete(Kind.PROFILE, one.id)


def test_a_beginner_is_found_postings_that_ask_for_no_more_than_a_beginner_has(matcher: Matcher) -> None:
    jobs = [Posting(PostingId(f"y{years}"), "Juriste", experience_years_min=float(years)) for years in (10, 5, 2, 0)]
    matcher.put(jobs)
    try:
        names = _ids(_search(matcher, "juriste junior", Kind.POSTING, k=100), Kind.POSTING)
        asked = [name for name in names if name.startswith("y")]
        assert {*asked[:2]} == {"y0", "y2"}
        assert asked[2:] == ["y5", "y10"]
    finally:
        for one in jobs:
            matcher.delete(Kind.POSTING, one.id)


FIXED = (Contract.CONTRACT_AGENT,)
HIRED = [
    _profile("silent", "Juriste", contracts=FIXED),
    _profile("passing", "Juriste", contracts=(Contract.CIVIL_SERVANT,), summary="A été en CDI, puis en stage."),
    _profile("either", "Juriste", contracts=(*FIXED, Contract.CIVIL_SERVANT)),
    _profile("fixed", "Juriste", contracts=FIXED, summary="Cherche un CDD."),
    _profile("permanent", "Juriste", contracts=FIXED, summary="Cherche un contrat à durée indéterminée."),
    _profile("any", "Juriste", contracts=FIXED, summary="Cherche un CDI, ou un CDD."),
    _profile("intern", "Juriste", contracts=(Contract.INTERNSHIP,)),
    _profile("unknown", "Juriste", summary="Un stage, puis un CDI."),
]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("pas de CDI", {"silent", "passing", "either", "fixed", "any", "intern", "unknown"}),
        ("pas de CDD", {"silent", "passing", "either", "permanent", "any", "intern", "unknown"}),
        ("not a permanent contract", {"silent", "passing", "either", "fixed", "any", "intern", "unknown"}),
        ("no fixed-term contracts", {"silent", "passing", "either", "permanent", "any", "intern", "unknown"}),
        ("CDD, pas de CDI", {"silent", "either", "fixed", "any", "unknown"}),
        ("pas de CDI ni de stage", {"silent", "passing", "either", "fixed", "any", "unknown"}),
        ("ni CDD ni CDI", {"passing", "either", "intern", "unknown"}),
        ("hors contractuels", {"passing", "either", "intern", "unknown"}),
        ("hors stage", {"silent", "passing", "either", "fixed", "permanent", "any", "unknown"}),
        ("not internship", {"silent", "passing", "either", "fixed", "permanent", "any", "unknown"}),
        ("sauf alternance", {one.id for one in HIRED}),
        ("pas de fonctionnaires ni de contractuels", {"intern", "unknown"}),
        ("sans stage, pas de fonctionnaires ni de contractuels", {"unknown"}),
    ],
)
def test_who_wants_nothing_but_a_refused_contract_is_not_found_whatever_the_text_says(
    matcher: Matcher, text: str, left: set[str]
) -> None:
    jobs = [Posting(PostingId(one.id), "Juriste", description=one.summary, contracts=one.contracts) for one in HIRED]
    others = {"law", "ana", "bob", "shy", "eve", "p1", "p2", "p3"}
    matcher.put([*HIRED, *jobs])
    try:
        for kind in Kind:
            found = _search(matcher, f"juriste, {text}", kind, k=100)
            assert {*_ids(found, kind)} - others == left
            assert found.total == len(_ids(found, kind))
            named = [one.contracts or (None,) for one in HIRED if one.id in left]
            assert found.counts["contract"].get("contract_agent", 0) == sum(FIXED[0] in one for one in named)
    finally:
        for one in HIRED:
            matcher.delete(Kind.PROFILE, one.id)
            matcher.delete(Kind.POSTING, one.id)


def test_remote_work_that_is_refused_counts_against_who_wants_it_and_excludes_nobody(matcher: Matcher) -> None:
    remote = {
        one.match.profile_id: {part.name: part for part in one.match.contributions}["remote"].similarity
        for one in _search(matcher, "juriste sans télétravail", k=100).explanations
    }
    assert remote.keys() == {"ana", "bob", "eve", "law", "shy"}
    assert min(remote, key=lambda name: remote[name]) == "law"


@pytest.mark.parametrize("text", ['"open data"', '"Open-Data"', '"OpenData"'])
def test_a_phrase_is_found_in_each_of_its_spellings(matcher: Matcher, text: str) -> None:
    assert _ids(_search(matcher, text)) == ["bob"]
    assert "bob" not in _ids(_search(matcher, f"santé -{text}", k=100))


def test_the_name_of_a_tool_lifts_who_writes_it(matcher: Matcher) -> None:
    found = _search(matcher, "data scientist SQL")
    assert _ids(found)[0] == "ana"
    assert _said(found)["ana"] == max(_said(found).values()) > 0.9


def test_contributions_add_up_and_every_weight_is_shown(matcher: Matcher) -> None:
    for weight in (0.0, 0.3, 1.0):
        for one in _search(matcher, "data scientist python, Lyon", words_weight=weight).explanations:
            parts = one.match.contributions
            assert sum(part.value for part in parts) == pytest.approx(one.match.score, abs=1e-6)
            assert sum(part.weight for part in parts) == pytest.approx(1.0, abs=1e-6)
            assert all(part.value == pytest.approx(part.weight * part.similarity, abs=1e-6) for part in parts)


def test_a_score_never_rises_down_the_list(matcher: Matcher) -> None:
    scores = [one.match.score for one in _search(matcher, "data sql open", k=100).explanations]
    assert all(one >= other - 1e-5 for one, other in pairwise(scores))


def test_weights_of_a_request_decide_its_order(matcher: Matcher) -> None:
    text = "juriste, Lyon"
    title = Weights().changed(dict.fromkeys(("skills", "body", "place"), 0.0) | {"title": 1.0})
    place = Weights().changed(dict.fromkeys(("skills", "body", "title"), 0.0) | {"place": 1.0})
    assert _ids(_search(matcher, "juriste", words_weight=0.0, weights=title))[0] == "law"
    assert _ids(_search(matcher, text, words_weight=0.0, weights=place))[0] == "ana"


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(region=frozenset({"84"})), {"ana"}),
        (Filters(region=frozenset({"53", "84"})), {"ana", "law"}),
        (Filters(contract=frozenset({"freelance"})), {"eve"}),
        (Filters(experience=frozenset({"3-5"})), {"law"}),
        (Filters(remote=frozenset({"full"})), {"law"}),
        (Filters(region=frozenset({"84"}), remote=frozenset({"full"})), set()),
        (Filters(remote=frozenset({"unknown"})), {"ana", "bob", "eve", "shy"}),
    ],
)
def test_filters_leave_only_what_they_name(matcher: Matcher, filters: Filters, expected: set[str]) -> None:
    found = _search(matcher, "data", filters=filters, k=100)
    assert set(_ids(found)) == expected
    assert found.total == len(expected)


def test_a_count_is_what_choosing_that_filter_would_find(matcher: Matcher) -> None:
    for facet, counts in _search(matcher, "data").counts.items():
        for value, number in counts.items():
            chosen = Filters(**{facet: frozenset({value})})
            assert _search(matcher, "data", filters=chosen).total == number


def test_pages_together_are_the_whole_list_and_no_page_repeats_another(matcher: Matcher) -> None:
    whole = _search(matcher, "data", k=100)
    ids, ranks, cursor = [], [], None
    for _ in range(10):
        page = _search(matcher, "data", k=2, cursor=cursor)
        ids += _ids(page)
        ranks += [one.match.rank for one in page.explanations]
        cursor = page.cursor
        if cursor is None:
            break
    assert ids == _ids(whole)
    assert ranks == [*range(1, len(ids) + 1)]


def test_whoever_writes_between_two_pages_nobody_is_shown_twice_and_nobody_is_lost(matcher: Matcher) -> None:
    first = _search(matcher, "data", k=2)
    late = _profile("late", "Data scientist data sql")
    matcher.put([late])
    try:
        second = _search(matcher, "data", k=100, cursor=first.cursor)
        assert sorted([*_ids(first), *_ids(second)]) == ["ana", "bob", "eve", "late", "law", "shy"]
    finally:
        matcher.delete(Kind.PROFILE, "late")


@pytest.mark.parametrize(
    "changed",
    [
        {"text": "other"},
        {"words_weight": 0.1},
        {"filters": Filters(remote=frozenset({"full"}))},
        {"organisation": OrganisationId("dinum")},
        {"weights": Weights().changed({"title": 0.1})},
        {"kind": Kind.POSTING},
    ],
)
def test_a_cursor_belongs_to_its_search(matcher: Matcher, changed: dict[str, object]) -> None:
    asked = Search(Kind.PROFILE, "data", k=1)
    cursor = matcher.search(asked).cursor
    assert cursor
    with pytest.raises(InvalidRecord, match="another list"):
        matcher.search(replace(asked, cursor=cursor, **changed))  # type: ignore[arg-type] # by name


@pytest.mark.parametrize(
    "cursor", ["", "x", "é", "\ud800", "A" * 500, "A" * 12, "A" * 30_000, "AAAA AAAA", "====", "bnVsbA", "W10"]
)
def test_a_cursor_that_is_none_is_refused(matcher: Matcher, cursor: str) -> None:
    with pytest.raises(InvalidRecord, match="cursor"):
        _search(matcher, "data", cursor=cursor)


@pytest.mark.parametrize("text", ["", " ", "-PHP", '""', "-", '"', "2024", "a@exemple.fr", "hors Paris"])
def test_a_search_for_nothing_is_refused(matcher: Matcher, text: str) -> None:
    with pytest.raises(InvalidRecord, match="asks for nothing"):
        _search(matcher, text)


def test_open_postings_are_found_and_closed_ones_are_not(matcher: Matcher) -> None:
    found = _search(matcher, "data scientist python", Kind.POSTING, k=100)
    assert _ids(found, Kind.POSTING)[0] == "p1"
    assert set(_ids(found, Kind.POSTING)) == {"p1", "p2", "p3"}


def test_the_most_similar_are_shown_without_the_one_itself(matcher: Matcher) -> None:
    people = matcher.similar(Kind.PROFILE, "ana", k=100)
    assert set(_ids(people)) == {"bob", "eve", "law", "shy"}
    assert _ids(people)[0] in {"bob", "shy"}
    jobs = matcher.similar(Kind.POSTING, "p2", k=1)
    assert _ids(jobs, Kind.POSTING) == ["p1"]
    hidden = matcher.similar(Kind.PROFILE, "ana", k=100, organisation=OrganisationId("dinum"))
    assert "shy" not in _ids(hidden)


@pytest.mark.parametrize("most_known", [MOST_KNOWN, 0])
def test_a_posting_that_was_published_again_is_shown_once_on_all_pages(
    matcher: Matcher, monkeypatch: pytest.MonkeyPatch, most_known: int
) -> None:
    monkeypatch.setattr(variants, "MOST_KNOWN", most_known)
    body = "Du SQL et de l'open data pour le service public."
    again = [Posting(PostingId(f"again{number}"), "Data analyst", description=body) for number in range(9)]
    matcher.put(again)
    try:
        for asked in ("p1", "data analyst"):
            pages: list[list[Match]] = []
            cursor: str | None = None
            while not pages or cursor:
                if asked == "p1":
                    found = matcher.similar(Kind.POSTING, asked, k=2, cursor=cursor)
                else:
                    found = _search(matcher, asked, Kind.POSTING, k=2, cursor=cursor)
                pages.append([one.match for one in found.explanations])
                cursor = found.cursor
            groups = [{one.posting_id, *one.variants} for page in pages for one in page]
            assert {one.id for one in again} in groups
            assert sum(map(len, groups)) == found.total
            assert [len(page) for page in pages[:-1]] == [2] * (len(pages) - 1)
        people = [_profile(f"again{number}", "Data analyst", summary=body) for number in range(3)]
        matcher.put(people)
        assert {one.id for one in people} <= {*_ids(_search(matcher, "data analyst", k=100))}
    finally:
        for kind in Kind:
            for name in {*matcher.ids(kind)} & {f"again{number}" for number in range(9)}:
                matcher.delete(kind, name)


def test_an_invisible_profile_is_not_among_the_similar(matcher: Matcher) -> None:
    assert "off" not in _ids(matcher.similar(Kind.PROFILE, "bob", k=100))


def test_nothing_is_like_what_does_not_exist(matcher: Matcher) -> None:
    with pytest.raises(NotFound):
        matcher.similar(Kind.PROFILE, "nobody")


def test_one_pair_is_what_the_list_says_of_it(matcher: Matcher) -> None:
    listed = matcher.candidates("p1", k=100)
    for one in listed.explanations:
        pair = matcher.pair("p1", one.match.profile_id)
        assert pair.eligible == listed.eligible
        assert pair.explanation is not None
        assert pair.explanation.match.rank == one.match.rank
        assert pair.explanation.match.score == pytest.approx(one.match.score, abs=1e-6)
        assert pair.explanation.skills == one.skills
        assert pair.explanation.sentence == one.sentence


def test_a_pair_that_is_no_match_says_which_constraints_it_fails(matcher: Matcher) -> None:
    far = Posting(
        PostingId("far"),
        "Data scientist",
        organisation=Organisation(OrganisationId("dinum")),
        contracts=(Contract.CIVIL_SERVANT,),
        locations=(Location(region="Corse"),),
        valid_through=date(2026, 1, 1),
    )
    matcher.put([far])
    try:
        assert matcher.pair("far", "eve").excluded_by == ("dates", "contract")
        assert matcher.pair("far", "ana").excluded_by == ("dates", "place")
        assert matcher.pair("far", "shy").excluded_by == ("dates", "hidden")
        assert matcher.pair("closed", "off").excluded_by == ("open", "visible")
        assert matcher.pair("far", "eve").explanation is None
    finally:
        matcher.delete(Kind.POSTING, "far")
    with pytest.raises(NotFound):
        matcher.pair("p1", "nobody")
    with pytest.raises(NotFound):
        matcher.pair("nothing", "ana")


def _weights(found: Found) -> dict[str, float]:
    return {part.name: part.weight for part in found.explanations[0].match.contributions}


def test_who_has_the_tool_that_is_typed_beside_a_trade_stands_before_who_has_the_trade_alone(matcher: Matcher) -> None:
    trade_alone = [_profile(f"only{number}", "Juriste") for number in range(8)]
    tool = _profile("tool", "Chargée de mission", skills=("Cobol", "Python", "Excel"))
    matcher.put([*trade_alone, tool])
    try:
        found = _search(matcher, "juriste Python", k=5)
        ids = _ids(found)
        assert "tool" in ids
        assert ids.index("tool") < min(ids.index(name) for name in ids if name.startswith("only"))
        (named,) = found.explanations[ids.index("tool")].skills
        assert (named.required, named.evidence) == ("Python", "claimed")
        others = _search(matcher, "juriste Python", k=100).explanations
        assert {*_ids(found)} < {one.match.profile_id for one in others}, "nobody is excluded for it"
    finally:
        for one in (*trade_alone, tool):
            matcher.delete(Kind.PROFILE, one.id)


def test_skills_that_a_search_for_people_names_count_more_unless_weights_are_given(matcher: Matcher) -> None:
    usual = _weights(_search(matcher, "juriste"))
    assert usual["skills"] == pytest.approx((1 - WORDS_WEIGHT) * Weights().skills)
    named = _weights(_search(matcher, "juriste Python"))
    said = (1 - WORDS_WEIGHT) * (Weights().title + Weights().skills + Weights().body)
    assert named["skills"] == pytest.approx(NAMED_SHARE * said)
    assert named["title"] == pytest.approx((1 - NAMED_SHARE) * said)
    assert named["body"] == 0
    assert {name: named[name] for name in WISHES} == pytest.approx({name: usual[name] for name in WISHES})
    given = Weights().changed({"title": 0.1})
    assert _weights(_search(matcher, "juriste Python", weights=given))["title"] == pytest.approx(0.7 * given.title)
    jobs = _weights(_search(matcher, "juriste Python", Kind.POSTING))
    assert jobs["skills"] == pytest.approx(named["skills"])


@pytest.mark.parametrize("text", ["juriste, vexillologie", "juriste agile", "juriste, agile, vexillologie"])
def test_what_is_no_tool_counts_what_it_counts_in_a_posting(matcher: Matcher, text: str) -> None:
    assert _weights(_search(matcher, text)) == pytest.approx(_weights(_search(matcher, "juriste")))


@pytest.mark.parametrize(
    "text", ["juriste, Python, vexillologie", "juriste, vexillologie, Python", "juriste agile Python"]
)
def test_tools_count_by_their_share_of_what_a_search_names(matcher: Matcher, text: str) -> None:
    usual, tool, both = (_weights(_search(matcher, one)) for one in ("juriste", "juriste Python", text))
    assert both["skills"] == pytest.approx((usual["skills"] + tool["skills"]) / 2)
    assert sum(both.values()) == pytest.approx(sum(usual.values()))


def test_postings_are_found_by_the_skills_that_are_typed_and_not_by_their_own(matcher: Matcher) -> None:
    many = tuple(f"outil {number}" for number in range(9))
    jobs = [
        Posting(PostingId("both"), "Data scientist", skills=(*many, "Python")),
        Posting(PostingId("other"), "Data scientist", skills=("PHP",)),
        Posting(PostingId("silent"), "Data scientist"),
    ]
    matcher.put(jobs)
    try:
        found = _search(matcher, "data scientist Python", Kind.POSTING, k=100)
        ids = _ids(found, Kind.POSTING)
        assert {"p1", "both"} == {*ids[:2]}
        (named,) = found.explanations[ids.index("both")].skills
        assert (named.required, named.evidence, named.counterpart, named.share) == ("Python", "claimed", "Python", 1.0)
        sentence = found.explanations[ids.index("both")].sentence
        assert "compétence demandée\u00a0: Python" in sentence["fr"]
        assert "skill not asked for: Python" in found.explanations[ids.index("other")].sentence["en"]
        for one in found.explanations:
            skills = next(part for part in one.match.contributions if part.name == "skills")
            assert skills.similarity == pytest.approx(sum(each.share * each.similarity for each in one.skills))
        # Without a skill in the text all are equal in this: a posting does not gain by asking for none.
        plain = _search(matcher, "data scientist", Kind.POSTING, k=100)
        assert (
            len({part.value for one in plain.explanations for part in one.match.contributions if part.name == "skills"})
            == 1
        )
        assert not any(one.skills for one in plain.explanations)
    finally:
        for job in jobs:
            matcher.delete(Kind.POSTING, job.id)


@pytest.fixture(scope="module")
def thesaurus() -> Thesaurus:
    return Thesaurus(neutral)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("juriste, marchés publics", "juriste"),
        ("Python, data scientist santé, R", "data scientist santé"),
        ("consultant SAP", "consultant SAP"),
        ("développeur, zorglub", "développeur zorglub"),
        ("Python, SQL", "Python SQL"),
        ("Python, développeur", "développeur"),
        ("Python, SQL, data scientist", "data scientist"),
        ("chef de projet agile", "chef de projet"),
        ("développeuse agile, Python", "développeuse"),
        ("Scrum product owner", "product owner"),
        ("coach agile", "coach agile"),
        ("chef de projet cybersécurité", "chef de projet cybersécurité"),
        ("SAP, consultante", "consultante"),
        ("développeuse, data scientist", "développeuse data scientist"),
    ],
)
def test_a_skill_between_commas_or_a_way_of_working_is_no_part_of_the_trade(
    thesaurus: Thesaurus, text: str, title: str
) -> None:
    posting, profile = (
        sought(parse(text), kind, thesaurus, organisation=None) for kind in (Kind.PROFILE, Kind.POSTING)
    )
    assert isinstance(posting, Posting)
    assert isinstance(profile, Profile)
    assert posting.title == profile.headline == title


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@pytest.mark.parametrize(
    ("text", "skills"),
    [
        ("Go", ("Go",)),
        ("C#", ("C#",)),
        ("vue", ("vue",)),
        ("Spring", ("Spring",)),
        ("Swift, Lyon", ("Swift",)),
        ("vue js", ("vue js",)),
        ("data scientist R", ("R",)),
        ("Python, R", ("Python", "R")),
        ("développeur C++", ("C++",)),
        ("développeur go", ("go",)),
        ("go developer", ("go",)),
        ("ingénieure r et python", ("r", "python")),
        ("consultant sap", ("sap",)),
        ("DBA PG / MySQL / Mongo", ("MySQL", "Mongo")),
        ("développeur React / Vue", ("React", "Vue")),
        ("chef de projet (Chorus)", ("Chorus",)),
        ("data engineer (spark, airflow)", ("spark", "airflow")),
        ("sap consultant", ("sap",)),
        ("chef de projet sap", ("sap",)),
        ("consultant si", ()),
        ("responsable it", ()),
        ("expert comptable", ()),
        ("responsable réseau ferré", ()),
        ("chef de projet qui a le sens des responsabilités et du sap", ()),
        ("développeur vue js, télétravail", ("vue js",)),
        ("développeur, n8n", ("n8n",)),
        ("développeur, n8n, Python, sens de l'écoute et du service", ("n8n", "Python")),
        ("développeur SAS", ("SAS",)),
        ("développeur IA, Lyon", ("IA",)),
        ("admin AIX", ("AIX",)),
        ("chef de projet SPIP", ("SPIP",)),
        ("expert d'ERP/SAS", ("ERP", "SAS")),
        ("développeur Python, pas besoin de Java", ("Python",)),
        ("développeur Python, Java non requis", ("Python",)),
        ("développeur Python, je ne veux pas de Java", ("Python",)),
        ("développeur Python, sauf Lyon et PHP", ("Python",)),
        ("développeur Python, France entière", ("Python",)),
        ("CHEF DE PROJET IT", ()),
        ("une offre de Dupont Conseil SAS qui recrute pour un de ses clients du secteur public", ()),
        ("chef de projet", ()),
        ("data scientist", ()),
        ("data analyst Lyon", ()),
        ("Python, développeur", ("Python",)),
        ("Python, data scientist", ("Python",)),
        ("Python, SQL, cheffe de projet", ("Python", "SQL")),
        ("Python, zorglub", ("Python",)),
        ("Python, zorglub, sens du service", ("Python", "sens du service")),
        ("développeur, data scientist, DPO", ()),
        ("développeur, H/F", ()),
        ("formateur excel", ("excel",)),
        ("comptable sap", ("sap",)),
        ("comptable sage", ("sage",)),
        ("consultante oracle", ("oracle",)),
        ("statisticienne sas", ("sas",)),
        ("data scientist r", ("r",)),
        ("data analyst tableau", ("tableau",)),
        ("administrateur linux", ("linux",)),
        ("développeur vue", ("vue",)),
        ("développeur go python docker aws confirmé", ("go", "python", "docker", "aws")),
        ("développeur en vue de longs projets utiles", ()),
        ("responsable vue", ()),
        ("responsable swift", ()),
        ("chef de projet vues", ()),
        ("développeur vues", ()),
        ("responsable prix", ()),
        ("responsable pris", ()),
        ("responsable pmr", ()),
        ("responsable PMR", ("PMR",)),
        ("technicien rail", ()),
        ("chef de projet expo", ()),
        ("spa manager", ()),
        ("rest engineer", ()),
        ("responsable cas complexes", ()),
        ("engineer access control", ()),
        ("directrice de safe", ()),
    ],
)
def test_a_tool_is_a_skill_wherever_it_is_named(thesaurus: Thesaurus, text: str, skills: tuple[str, ...]) -> None:
    for kind in Kind:
        assert sought(parse(text), kind, thesaurus, organisation=None).skills == skills


@pytest.mark.parametrize("word", sorted(EVERYDAY | WORDS_TOO))
def test_no_list_of_words_holds_one_that_names_no_skill(thesaurus: Thesaurus, word: str) -> None:
    (name,) = thesaurus.names([word])
    assert name
    assert thesaurus.spells(word)
    assert word in EVERYDAY or thesaurus.is_tool(name)


@pytest.mark.parametrize(
    ("asked", "words", "excluded"),
    [
        ("sans PHP, développeur, Lyon", "développeur", ("PHP",)),
        ("hors Java, juriste, à Lyon", "juriste", ("Java",)),
        ("pas de PHP ni Java, développeuse, Lyon", "développeuse", ("PHP", "Java")),
        ("sauf Java, Cobol et PHP, architecte", "architecte", ("Java", "Cobol", "PHP")),
        ("without Java, accountant, Paris", "accountant", ("Java",)),
        ("sans Java, développeur", "développeur", ("Java",)),
        ("sans Java, comptabilité", "comptabilité", ("Java",)),
        ("hors Java, comptabilité, à Lyon", "comptabilité", ("Java",)),
        ("sans PHP, symfony, développeur", "développeur", ("PHP", "symfony")),
        ("juriste, sans Java, comptabilité", "juriste", ("Java", "comptabilité")),
        ("juriste, sans Java, PHP", "juriste", ("Java", "PHP")),
        ("analyste, sauf développeur, juriste", "analyste", ("développeur", "juriste")),
        ("analyste, sans Java, ni développeur", "analyste", ("Java", "développeur")),
        ("analyste, sans Java, SPIR", "analyste", ("Java", "SPIR")),
        ("hors Java, PHP, à Lyon", "", ("Java", "PHP")),
    ],
)
def test_a_trade_ends_a_list_of_tools_that_is_refused(
    thesaurus: Thesaurus, asked: str, words: str, excluded: tuple[str, ...]
) -> None:
    query = understood(Search(Kind.PROFILE, asked), thesaurus)
    assert (query.words, query.excluded) == (words, excluded)


@pytest.mark.parametrize("asked", ["sauf développeur, juriste", "sans Java, PHP", "hors Paris, Lyon"])
def test_a_list_of_one_sort_that_is_refused_asks_for_nothing(thesaurus: Thesaurus, asked: str) -> None:
    with pytest.raises(InvalidRecord, match="asks for nothing"):
        understood(Search(Kind.PROFILE, asked), thesaurus)


def test_who_has_the_trade_behind_a_refused_tool_is_found(matcher: Matcher) -> None:
    found = matcher.search(Search(Kind.PROFILE, "sans PHP, juriste, Bretagne"), today=TODAY)
    assert found.understood.excluded == ("PHP",)
    assert found.explanations[0].match.profile_id == "law"
