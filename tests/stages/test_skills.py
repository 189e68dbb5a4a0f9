"""Sets of skills against an oracle that compares one skill with one other, as the explanations do."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from matcher.core.domain import Kind
from matcher.core.ports import Vectors
from matcher.core.skills import Anchors, Skill, nearnesses
from matcher.stages.skills import Offered, Reached, Shares, SkillSets, Vocabulary, Wanted
from tests.fakes import FakeThesaurus

DIMENSION = 3
KNOWN = FakeThesaurus(
    near={"a": {"b": 0.7, "c": 0.3, "never seen": 0.9}, "b": {"a": 0.4}, "d": {"a": 0.9, "e": 0.1}},
    apart=[{"a", "b"}, {"a", "h"}, {"c", "d"}, {"e", "f"}],
)
Set = tuple[Skill, ...]


def vector_of(skill: Skill) -> Vectors:
    """One of few directions, so that many skills are near each other and some are the same."""
    row = np.random.default_rng(sum(map(ord, skill.form)) % 7).standard_normal(DIMENSION).astype(np.float32)
    unit: Vectors = row / np.linalg.norm(row)
    return unit


def covered(asked: Set, offered: Set) -> float:
    """The share of what is asked for that is offered, by the definition."""
    total = sum(skill.share for skill in asked)
    met = 0.0
    vectors = np.array([vector_of(skill) for skill in offered], dtype=np.float32).reshape(-1, DIMENSION)
    for skill in asked:
        (values,) = nearnesses([skill], vector_of(skill)[None], offered=offered, vectors=vectors, thesaurus=KNOWN)
        met += skill.share * max(map(float, values), default=0.0)
    return met / total if total else 0.0


def skill(name: str, form: str = "", *, listed: bool = True) -> Skill:
    words = form or name
    return Skill(name, words, listed=words if listed else None, quoted=None if listed else words)


def anchored(skills: Sequence[Skill]) -> Anchors | None:
    """Anchors by which a set is known again; of one set in three there are none."""
    sums = [sum(map(ord, one.form)) for one in skills]
    spans = np.array([[value, 1, 65_535, 2] for value in sums], dtype=np.uint16).reshape(-1, 4)
    return Anchors(spans, 2**64 - 1 - sum(sums)) if sum(sums) % 3 else None


def plain(anchors: Anchors | None) -> object:
    return anchors and (anchors.spans.tolist(), anchors.digest)


class World:
    """Both sides as the corpus keeps them, beside dictionaries of what was put."""

    def __init__(self) -> None:
        self.vocabulary = Vocabulary(DIMENSION, KNOWN)
        self.sides = {kind: SkillSets() for kind in Kind}
        self.expected: dict[Kind, dict[int, Set]] = {kind: {} for kind in Kind}

    def put(self, kind: Kind, row: int, skills: Sequence[Skill]) -> None:
        numbers = [self.vocabulary.take(one, vector_of(one)) for one in skills]
        shares = [one.share for one in skills]
        self.vocabulary.release(self.sides[kind].put(row, numbers, shares, anchored(skills)))
        self.expected[kind][row] = tuple(skills)

    def remove(self, kind: Kind, row: int) -> None:
        self.vocabulary.release(self.sides[kind].remove(row))
        self.expected[kind].pop(row, None)

    def reload(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            self.save(Path(folder))
            self.vocabulary = Vocabulary.load(Path(folder) / "vocabulary.npz", dimension=DIMENSION, thesaurus=KNOWN)
            for kind in self.sides:
                self.sides[kind] = SkillSets.load(Path(folder) / f"{kind}.npz", numbers=len(self.vocabulary))

    def save(self, folder: Path) -> None:
        self.vocabulary.save(folder / "vocabulary.npz")
        for kind, sets in self.sides.items():
            sets.save(folder / f"{kind}.npz", renumbered=self.vocabulary.renumbered())

    def compact(self) -> None:
        table = self.vocabulary.compact()
        for sets in self.sides.values():
            sets.renumber(table)

    def by_posting(self, row: int) -> Vectors:
        """How much of what a posting asks for each profile covers."""
        numbers, shares = self.sides[Kind.POSTING].of(row)
        return self.covered(self.vocabulary.asked(numbers), shares)

    def by_profile(self, row: int) -> Vectors:
        """How much of what each posting asks for a profile covers."""
        offered = self.vocabulary.offered(self.sides[Kind.PROFILE].of(row)[0])
        return self.covered_by(offered)

    def unsaved_posting(self, asked: Set) -> Vectors:
        reach = Reached.of([self.vocabulary.asked_now(one, vector_of(one)) for one in asked])
        shares = np.array([one.share for one in asked], dtype=np.float32)
        return self.covered(reach, shares)

    def unsaved_profile(self, offered: Set) -> Vectors:
        reach = Reached.of([self.vocabulary.offered_now(one, vector_of(one)) for one in offered])
        return self.covered_by(reach)

    def covered(self, asked: Reached, shares: Shares) -> Vectors:
        if not len(asked.sizes):
            return np.zeros(ROWS, dtype=np.float32)
        wanted, sets = Wanted.of(asked, shares, numbers=len(self.vocabulary)), self.sides[Kind.PROFILE]
        found = sets.coverage(wanted, np.arange(ROWS))
        at_most = sets.coverage_at_most(wanted.marks(), np.arange(ROWS))
        assert np.all(at_most >= found)
        assert np.all((at_most > 0) == (found > 0))
        return found

    def covered_by(self, offered: Reached) -> Vectors:
        tables = Offered.of(offered, numbers=len(self.vocabulary))
        return self.sides[Kind.POSTING].covered_by(tables, np.arange(ROWS), unasked=0.0)


ROWS = 6
kinds, rows = st.sampled_from(Kind), st.integers(0, ROWS - 1)
skills = st.builds(skill, st.sampled_from("abcdefgh"), st.sampled_from(["", "x", "yy", "zzz"]), listed=st.booleans())
sets = st.lists(skills, max_size=5, unique_by=lambda one: one.name).map(tuple)


class Life(RuleBasedStateMachine):
    """Documents that come, change and go on both sides, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.seen: dict[int, tuple[str, str]] = {}

    @rule(kind=kinds, row=rows, skills=sets)
    def put(self, kind: Kind, row: int, skills: Set) -> None:
        self.world.put(kind, row, skills)

    @rule(kind=kinds, row=rows)
    def remove(self, kind: Kind, row: int) -> None:
        self.world.remove(kind, row)

    @rule()
    def reload(self) -> None:
        self.world.reload()
        self.numbered_anew()

    @rule()
    def compact(self) -> None:
        self.world.compact()
        self.numbered_anew()

    def numbered_anew(self) -> None:
        self.seen.clear()
        assert None not in self.world.vocabulary._names[1:]

    @rule()
    def save(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            self.world.save(Path(folder))

    @rule(asked=sets, offered=sets)
    def ask_without_being_stored(self, asked: Set, offered: Set) -> None:
        before = len(self.world.vocabulary)
        of_profiles, of_postings = self.world.unsaved_posting(asked), self.world.unsaved_profile(offered)
        for row, found in self.world.expected[Kind.PROFILE].items():
            assert of_profiles[row] == pytest.approx(covered(asked, found), abs=1e-6)
        for row, found in self.world.expected[Kind.POSTING].items():
            assert of_postings[row] == pytest.approx(covered(found, offered), abs=1e-6)
        assert len(self.world.vocabulary) == before

    @invariant()
    def each_pair_has_the_value_of_the_oracle_from_both_sides(self) -> None:
        world = self.world
        expected = world.expected
        table = np.array([world.by_posting(row) for row in range(ROWS)])
        back = np.array([world.by_profile(row) for row in range(ROWS)]).T
        assert table.shape == back.shape == (ROWS, ROWS)
        assert np.allclose(table, back, atol=1e-6)
        for row in range(ROWS):
            for other in range(ROWS):
                asked, offered = expected[Kind.POSTING].get(row, ()), expected[Kind.PROFILE].get(other, ())
                assert table[row, other] == pytest.approx(covered(asked, offered), abs=1e-6)

    @invariant()
    def each_set_is_what_was_put(self) -> None:
        for kind, sets in self.world.sides.items():
            expected = self.world.expected[kind]
            assert sets.rows().tolist() == sorted(row for row, skills in expected.items() if skills)
            every = np.arange(ROWS + 3)
            assert sets.counts(every).tolist() == [len(expected.get(row, ())) for row in range(ROWS + 3)]
            for row in range(ROWS + 3):
                assert plain(sets.anchors(row)) == plain(anchored(expected.get(row, ())))
                numbers, shares = sets.of(row)
                names = [self.world.vocabulary.name(number) for number in numbers.tolist()]
                assert names == [one.name for one in expected.get(row, ())]
                assert shares.tolist() == [one.share for one in expected.get(row, ())]

    @invariant()
    def a_number_is_never_given_twice_and_what_nobody_uses_is_wiped(self) -> None:
        vocabulary = self.world.vocabulary
        used = {(one.name, one.form) for side in self.world.expected.values() for set_ in side.values() for one in set_}
        for number in range(1, len(vocabulary)):
            name, form = vocabulary._names[number], vocabulary._forms[number]
            if name is not None and form is not None:
                assert self.seen.setdefault(number, (name, form)) == (name, form)
                assert (name, form) in used
                used.remove((name, form))
            else:
                assert (name, form) == (None, None)
                assert not vocabulary._vectors[number].any()
        assert not used


TestLife = pytest.mark.no_cover(Life.TestCase)  # others run the same lines; measured, it takes twice as long
TestLife.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)


def test_a_number_that_went_is_not_given_again_before_all_are_numbered_anew() -> None:
    world = World()
    world.put(Kind.PROFILE, 0, [skill("a"), skill("b")])
    world.put(Kind.POSTING, 0, [skill("b"), skill("c")])
    assert world.sides[Kind.PROFILE].of(0)[0].tolist() == [1, 2]
    world.remove(Kind.PROFILE, 0)
    world.put(Kind.PROFILE, 0, [skill("a")])
    assert world.sides[Kind.PROFILE].of(0)[0].tolist() == [4]
    world.compact()
    assert world.sides[Kind.PROFILE].of(0)[0].tolist() == [3]
    assert world.sides[Kind.POSTING].of(0)[0].tolist() == [1, 2]


def test_saving_writes_the_skills_in_use_alone_and_leaves_the_numbers_in_memory_as_they_are(tmp_path: Path) -> None:
    world = World()
    for turn in range(600):
        world.put(Kind.PROFILE, 0, [skill(f"outil maison {turn}"), skill("a")])
    world.put(Kind.POSTING, 0, [skill("a"), skill("outil maison 599")])
    before = world.by_posting(0), world.sides[Kind.PROFILE].of(0)[0].tolist(), len(world.vocabulary)
    world.save(tmp_path)
    assert (world.sides[Kind.PROFILE].of(0)[0].tolist(), len(world.vocabulary)) == before[1:]
    world.reload()
    assert len(world.vocabulary) == 3
    assert world.by_posting(0).tolist() == before[0].tolist() == [1.0] + [0.0] * (ROWS - 1)


def test_what_is_known_of_skills_stays_known_when_they_are_numbered_anew() -> None:
    world, asked = World(), (skill("a"), skill("d"), skill("b"))
    world.put(Kind.PROFILE, 1, [skill("h", "gone"), skill("b")])
    world.put(Kind.POSTING, 0, asked)
    world.by_posting(0), world.by_profile(1)
    world.put(Kind.PROFILE, 2, [skill("e")])  # nobody has looked through this one yet
    world.put(Kind.PROFILE, 1, [skill("b")])
    world.compact()
    world.put(Kind.PROFILE, 3, [skill("c")])  # nor through this one
    expected = [covered(asked, world.expected[Kind.PROFILE].get(row, ())) for row in range(ROWS)]
    assert world.by_posting(0).tolist() == pytest.approx(expected, abs=1e-6)
    assert [world.by_profile(row)[0] for row in range(ROWS)] == pytest.approx(expected, abs=1e-6)


def test_a_skill_stays_while_anyone_has_it() -> None:
    world = World()
    world.put(Kind.PROFILE, 0, [skill("a")])
    world.put(Kind.POSTING, 0, [skill("a")])
    world.remove(Kind.PROFILE, 0)
    assert world.vocabulary.name(1) == "a"
    world.remove(Kind.POSTING, 0)
    assert world.vocabulary.name(1) == ""


def test_what_nobody_uses_is_in_no_memory_and_in_no_file(tmp_path: Path) -> None:
    world, secret = World(), skill("zxqcanari", "zxqcanari avancé")
    world.put(Kind.PROFILE, 0, [secret])
    world.put(Kind.POSTING, 0, [skill("b")])
    world.by_posting(0), world.by_profile(0)
    world.remove(Kind.PROFILE, 0)
    assert "zxqcanari" not in str(vars(world.vocabulary))
    world.save(tmp_path)
    for path in tmp_path.iterdir():
        content = path.read_bytes()
        assert b"zxqcanari" not in content
        assert vector_of(secret).tobytes() not in content


def test_documents_that_change_again_and_again_take_no_more_room() -> None:
    world = World()
    for turn in range(3000):
        world.put(Kind.PROFILE, turn % ROWS, [skill(name) for name in "abcdefgh"[: 1 + turn % 8]])
    assert len(world.sides[Kind.PROFILE]._entries) <= 2048
    world.put(Kind.POSTING, 0, [skill("a"), skill("h")])
    for row, found in world.expected[Kind.PROFILE].items():
        assert world.by_posting(0)[row] == pytest.approx(covered((skill("a"), skill("h")), found), abs=1e-6)


def test_more_skills_and_rows_than_there_is_room_for_make_room() -> None:
    world = World()
    many = [skill(f"skill {number}") for number in range(1500)]
    for row in range(3):
        world.put(Kind.PROFILE, row * 400, many)
    assert len(world.vocabulary) == 1501
    assert world.sides[Kind.PROFILE].rows().tolist() == [0, 400, 800]
    assert world.sides[Kind.PROFILE].of(400)[0].tolist() == [*range(1, 1501)]


def test_nothing_asked_and_nobody_there_is_nothing_covered() -> None:
    world = World()
    assert world.by_posting(0).tolist() == world.by_profile(0).tolist() == [0.0] * ROWS
    world.put(Kind.POSTING, 0, [skill("a")])
    world.put(Kind.PROFILE, 0, [skill("unheard of", "~")])
    assert world.by_posting(0).tolist() == world.by_profile(0).tolist() == [0.0] * ROWS


# Files.


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A folder with a vocabulary of four numbers and two sets."""
    world = World()
    world.put(Kind.PROFILE, 0, [skill("a"), skill("b")])
    world.put(Kind.PROFILE, 2, [skill("c")])
    world.remove(Kind.PROFILE, 1)
    world.vocabulary.save(tmp_path / "vocabulary.npz")
    world.sides[Kind.PROFILE].save(tmp_path / "sets.npz", renumbered=world.vocabulary.renumbered())
    return tmp_path


def load(folder: Path) -> tuple[Vocabulary, SkillSets]:
    vocabulary = Vocabulary.load(folder / "vocabulary.npz", dimension=DIMENSION, thesaurus=KNOWN)
    return vocabulary, SkillSets.load(folder / "sets.npz", numbers=len(vocabulary))


@pytest.mark.parametrize("name", ["vocabulary.npz", "sets.npz"])
def test_a_damaged_or_foreign_file_is_a_value_error(name: str, saved: Path) -> None:
    path = saved / name
    whole = path.read_bytes()
    np.savez(saved / "foreign.npz", forms=np.ones(3), entries=np.ones(3))
    np.save(saved / "array.npy", np.ones(3))
    foreign = [(saved / other).read_bytes() for other in ("foreign.npz", "array.npy")]
    for content in (b"", b"PK", b"not an archive", whole[: len(whole) // 2], whole[:-1], *foreign):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"."):
            load(saved)
    path.unlink()
    with pytest.raises(ValueError, match="does not hold what it should"):
        load(saved)


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@pytest.mark.parametrize("name", ["vocabulary.npz", "sets.npz"])
def test_no_flipped_byte_goes_unnoticed_or_raises_anything_else(name: str, saved: Path) -> None:
    path = saved / name
    whole = path.read_bytes()
    before = [vars(part) for part in load(saved)]
    for at in np.random.default_rng(3).permutation(len(whole))[:600]:
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        try:
            found = load(saved)
        except ValueError:
            continue
        # What zip says of itself twice, or of no consequence: a date, a comment.
        assert str([vars(part) for part in found]) == str(before)


NO_SKILL = {f"{name}_utf8": np.zeros(0, dtype=np.uint8) for name in ("forms", "names")} | {
    "forms_ends": np.zeros(0, dtype=np.int64),
    "names_ends": np.zeros(0, dtype=np.int64),
    "uses": np.zeros(0, dtype=np.int64),
    "vectors": np.zeros((0, DIMENSION), dtype=np.float32),
}
"""Not even the number of none."""


@pytest.mark.parametrize(
    ("file", "changed"),
    [
        ("vocabulary.npz", {"forms_ends": np.array([0, 3])}),
        ("vocabulary.npz", {"names_ends": np.array([0, 3])}),
        (
            "vocabulary.npz",
            {"names_utf8": np.frombuffer(b"aab", dtype=np.uint8), "forms_utf8": np.frombuffer(b"aab", "u1")},
        ),
        ("vocabulary.npz", {"uses": np.array([0, 1, 0, 1])}),
        ("vocabulary.npz", {"uses": np.array([1, 1, 1, 1])}),
        ("vocabulary.npz", {"uses": np.array([0, 1])}),
        ("vocabulary.npz", {"uses": np.array(["0", "1", "1", "1"])}),
        ("vocabulary.npz", {"vectors": np.zeros((4, DIMENSION + 1), dtype=np.float32)}),
        ("vocabulary.npz", {"vectors": np.zeros((4, DIMENSION))}),
        ("vocabulary.npz", {name: np.zeros(0, dtype=np.int64) for name in ("forms_ends", "names_ends", "uses")}),
        ("vocabulary.npz", NO_SKILL),
        ("sets.npz", {"entries": np.array(["1", "2", "3"])}),
        ("sets.npz", {"rows": np.array([[0], [0], [2]], dtype=np.int32)}),
        ("sets.npz", {"entries": np.array([1, 2], dtype=np.int32)}),
        ("sets.npz", {"entries": np.array([1, 2, 4], dtype=np.int32)}),
        ("sets.npz", {"entries": np.array([0, 1, 2], dtype=np.int32)}),
        ("sets.npz", {"entries": np.array([-1, 1, 2], dtype=np.int32)}),
        ("sets.npz", {"rows": np.array([-1, 0, 2], dtype=np.int32)}),
        ("sets.npz", {"rows": np.array([2, 2, 0], dtype=np.int32)}),
        ("sets.npz", {"anchors": np.zeros((2, 4), dtype=np.uint16)}),
        ("sets.npz", {"anchors": np.zeros((3, 3), dtype=np.uint16)}),
        ("sets.npz", {"digests": np.zeros((3, 3), dtype=np.uint64)}),
    ],
)
def test_columns_that_do_not_fit_each_other_are_a_value_error(
    file: str, changed: dict[str, np.ndarray], saved: Path
) -> None:
    with np.load(saved / file) as arrays:
        every = dict(arrays)
    np.savez(saved / file, **(every | changed))
    with pytest.raises(ValueError, match=r"length|not there|are none|damaged"):
        load(saved)


def test_an_empty_vocabulary_and_no_sets_are_saved_and_loaded(tmp_path: Path) -> None:
    Vocabulary(DIMENSION, KNOWN).save(tmp_path / "vocabulary.npz")
    SkillSets().save(tmp_path / "sets.npz", renumbered=Vocabulary(DIMENSION, KNOWN).renumbered())
    vocabulary, sets = load(tmp_path)
    assert (len(vocabulary), sets.rows().tolist()) == (1, [])
    number = vocabulary.take(skill("a"), vector_of(skill("a")))
    assert sets.put(5, [number], [1.0]) == []
    assert sets.of(5)[0].tolist() == [number]


def test_saving_moves_nothing_under_who_reads_meanwhile(tmp_path: Path) -> None:
    sets = SkillSets()
    for row in (2, 0, 1, 0):
        sets.put(row, [row + 1, row + 5], [0.5, 0.5])
    names = ("_entries", "_shares", "_anchors", "_spans", "_digests")
    before = {name: getattr(sets, name).copy() for name in names}
    sets.save(tmp_path / "sets.npz", renumbered=np.arange(100, dtype=np.int32))
    assert all(np.array_equal(getattr(sets, name), before[name]) for name in names)
    back = SkillSets.load(tmp_path / "sets.npz", numbers=100)
    assert [back.of(row)[0].tolist() for row in range(3)] == [[1, 5], [2, 6], [3, 7]]


@pytest.mark.parametrize("asked", [1, 8, 16, 17, 40])
def test_a_bound_of_what_is_covered_is_never_too_low_however_many_skills_are_asked_for_or_had(asked: int) -> None:
    world, draw = World(), np.random.default_rng(asked)
    names = [f"{letter}{number}" for letter in "abcdefgh" for number in range(10)]
    for row, count in enumerate([0, 1, 15, 16, 17, 40]):
        chosen = draw.choice(names, size=count, replace=False).tolist()
        world.put(Kind.PROFILE, row, [skill(name, name[:1]) for name in chosen])
    wanted = [skill(name, listed=bool(draw.integers(2))) for name in draw.choice(names, size=asked, replace=False)]
    world.put(Kind.POSTING, 0, wanted)
    covered_by_each = world.by_posting(0)  # compares the two
    assert covered_by_each[0] == 0.0
    assert covered_by_each[-1] > 0.0
