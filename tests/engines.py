"""Engines for the tests: some records, and processes that are opened on one home folder."""

from datetime import date
from pathlib import Path

from matcher.answers import Answer
from matcher.core.domain import (
    Education,
    Experience,
    Kind,
    Location,
    Organisation,
    OrganisationId,
    Posting,
    PostingId,
    Profile,
    ProfileId,
    Record,
)
from matcher.core.ports import Encoders
from matcher.core.scoring import Match, Weights
from matcher.engine import Matcher
from matcher.offline.demo import forum
from matcher.stores import open_store
from matcher.stores.snapshots import Snapshots
from tests.fakes import FakeEncoder, FakeStore, FakeThesaurus

TODAY = date(2026, 11, 23)
FORUM = forum(postings=12, profiles=36, today=TODAY)
RECORDS: list[Record] = [*FORUM.postings, *FORUM.profiles]

DATA = Posting(
    PostingId("data"),
    "Data scientist",
    organisation=Organisation(OrganisationId("insee")),
    skills=("Python", "Kubernetes"),
    description="Des modèles.",
)
LAW = Posting(PostingId("law"), "Juriste", organisation=Organisation(OrganisationId("dinum")), description="Du droit.")
ANA = Profile(ProfileId("ana"), "Data scientist", summary="Du Python.", skills=("SQL",), visible_to_recruiters=True)
BOB = Profile(ProfileId("bob"), "Juriste", summary="Du droit public.", visible_to_recruiters=True)
FEW: list[Record] = [DATA, LAW, ANA, BOB]
KNOWN = FakeThesaurus({"python": "skill:python", "kubernetes": "skill:kubernetes", "k8s": "skill:kubernetes"})


class Opener:
    """Opens engines on one home folder, as processes would one after the other or side by side."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._opened: list[Matcher] = []

    def __call__(self, encoders: Encoders | None = None, *, weights: Weights | None = None) -> Matcher:
        matcher = Matcher(
            store=open_store(None, home=self.home),
            encoders=encoders or Encoders.alike(FakeEncoder()),
            thesaurus=KNOWN,
            snapshots=Snapshots(self.home / "snapshots"),
            weights=weights,
            today=lambda: TODAY,
        )
        self._opened.append(matcher)
        matcher.open()
        return matcher

    def close(self) -> None:
        """End all processes: nothing but files is left."""
        while self._opened:
            self._opened.pop().close()


CANARY = "zxqcanarizxq"
ERASED = Profile(
    ProfileId("erased"),
    f"Data scientist {CANARY}",
    summary=f"Du Python et du {CANARY}.",
    skills=(f"{CANARY} avancé",),
    experiences=(Experience(f"Développeuse {CANARY}", organisation=CANARY, summary=CANARY),),
    education=(Education(f"Master {CANARY}", 7),),
    languages=(CANARY,),
    locations=(Location(region=CANARY, department=CANARY, city=CANARY),),
    salary_eur_year_min=43_219.0,
    hidden_from=(OrganisationId(CANARY),),
    visible_to_recruiters=True,
)


def in_memory(*, folder: Path, encoders: Encoders | None = None, today: date = TODAY) -> Matcher:
    matcher = Matcher(
        store=FakeStore(),
        encoders=encoders or Encoders.alike(FakeEncoder()),
        thesaurus=KNOWN,
        snapshots=Snapshots(folder),
        today=lambda: today,
    )
    matcher.open()
    return matcher


def profiles_of(answer: Answer) -> list[str]:
    return [explanation.match.profile_id for explanation in answer.explanations]


def postings_of(answer: Answer) -> list[str]:
    return [explanation.match.posting_id for explanation in answer.explanations]


def everything(matcher: Matcher) -> dict[Kind, list[list[Match]]]:
    return {kind: list(matcher.match_all(kind, k=5)) for kind in Kind}


def pairs(answers: dict[Kind, list[list[Match]]]) -> dict[Kind, list[list[tuple[str, str]]]]:
    return {kind: [[(m.posting_id, m.profile_id) for m in found] for found in each] for kind, each in answers.items()}


def holding(home: Path, needle: bytes) -> list[str]:
    wanted = [needle, needle.decode("latin-1").encode("utf-32-le")]
    files = [path for path in home.rglob("*") if path.is_file()]
    return [path.name for path in files if any(one in path.read_bytes().lower() for one in wanted)]
