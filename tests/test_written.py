"""An answer that is written straight from the ranking says what the engine's own values say, to the byte."""

from dataclasses import replace
from datetime import date

import orjson
import pytest

from api.schemas.matches import matches_json
from matcher.core.domain import Kind, Location, Posting, PostingId, Profile, ProfileId
from matcher.core.scoring import ASPECTS, MERGED, Variety, Weights
from matcher.engine import Matcher
from matcher.offline.demo import forum
from tests.api.conftest import open_on

FORUM = forum(postings=30, profiles=90, today=date.today())  # noqa: DTZ011 - the matcher's own clock


ONE_SIDED = Weights(**dict.fromkeys(ASPECTS, 0.0) | {"experience": 0.75, "languages": 0.25})
"""Nothing of what the candidate wishes counts."""


@pytest.fixture(scope="module")
def matcher(tmp_path_factory: pytest.TempPathFactory) -> Matcher:
    opened = open_on(tmp_path_factory.mktemp("home"))
    quoted = 'Dév"\\eloppeur \u2028 \n<b>é</b>'
    opened.put(
        [
            *FORUM.postings,
            *FORUM.profiles,
            *(replace(posting, id=PostingId(f"{posting.id} again")) for posting in FORUM.postings[:5]),
            Posting(PostingId('p"1'), quoted, skills=(quoted, "Python")),
            Posting(PostingId("bare"), "x"),
            Posting(PostingId("near"), "x", locations=(Location(latitude=48.8566, longitude=2.3522),)),
            Profile(
                ProfileId("near"),
                "-",
                locations=(Location(latitude=48.8414, longitude=2.3003),),
                visible_to_recruiters=True,
            ),
            Posting(PostingId("untitled"), "-", skills=("Haskell",)),
            Profile(ProfileId("untitled"), "-", skills=("OCaml",), visible_to_recruiters=True),
            Profile(ProfileId('c"\\'), quoted, skills=(quoted, "SQL"), visible_to_recruiters=True),
            Profile(ProfileId("bare"), "x", visible_to_recruiters=True),
        ]
    )
    return opened


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("variety", [MERGED, Variety(merged=False)])
def test_an_answer_is_the_same_whether_it_is_written_at_once_or_made_of_values(
    matcher: Matcher, kind: Kind, variety: Variety
) -> None:
    for weights in (None, ONE_SIDED):
        for name in matcher.ids(kind):
            ranked = matcher.rank(kind, name, k=12, variety=variety, weights=weights)
            written, answer = matcher.written(ranked), matcher.explain(ranked)
            assert orjson.loads(written.content) == orjson.loads(matches_json(answer))
            assert written.content == matches_json(answer)
            assert [*written.shown] == [
                (one.profile_id if kind is Kind.POSTING else one.posting_id, one.score, one.variants)
                for one in (each.match for each in answer.explanations)
            ]
            assert (written.eligible, written.under) == (answer.eligible, answer.under)


def test_a_sentence_may_begin_with_an_accented_letter(matcher: Matcher) -> None:
    answer = matcher.explain(matcher.rank(Kind.PROFILE, "untitled", k=200))
    (reasons,) = (one for one in answer.explanations if one.match.posting_id == "untitled")
    answer = matcher.explain(matcher.rank(Kind.PROFILE, "near", k=200))
    (by_place,) = (one for one in answer.explanations if one.match.posting_id == "near")
    assert by_place.sentence == {"fr": "À 4\u00a0km.", "en": "4 km away."}
    assert reasons.sentence == {
        "fr": "À défaut de Haskell\u00a0: OCaml.",
        "en": "Related skill: OCaml (for Haskell).",
    }


def test_variants_are_written(matcher: Matcher) -> None:
    every = [matcher.written(matcher.rank(Kind.PROFILE, name, k=12)) for name in matcher.ids(Kind.PROFILE)]
    assert any(variants for one in every for _, _, variants in one.shown)


def test_what_was_written_of_a_pair_is_written_anew_once_it_would_come_out_otherwise(matcher: Matcher) -> None:
    names = matcher.ids(Kind.PROFILE)

    def written(weights: Weights | None = None) -> list[bytes]:
        every = [matcher.rank(Kind.PROFILE, name, k=12, weights=weights) for name in names]
        found = [matcher.written(ranked).content for ranked in every]
        assert found == [matches_json(matcher.explain(ranked)) for ranked in every]
        return found

    before = written()
    assert written() == before
    assert written(ONE_SIDED) != before
    assert written() == before
    # Who joins a forum moves the mean similarities, which count where one side of a pair says nothing.
    newcomer = Profile(ProfileId("newcomer"), "Juriste", summary="Je rédige des contrats.", visible_to_recruiters=True)
    matcher.put([newcomer])
    assert written() != before
