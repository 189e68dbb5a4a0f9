"""Is the right ESCO occupation found by a national title? The MELO benchmark, and what others reach on it.

A set is a folder with `queries.tsv` (id, title), `corpus_elements.tsv` (id, title) and `annotations.tsv` (query id, 0,
corpus element id, 1), as MELO publishes them; each may be gzipped. Every surface form of a right concept counts. The
figures are trec_eval's: mean reciprocal rank and success at 1 and 10, over the queries that have an annotation. Equal
scores (one title in several concepts, mostly) rank in the order of the corpus; the mean reciprocal rank in trec_eval's
own order, descending ids, is reported beside it.

Source: Retyk et al., MELO: An Evaluation Benchmark for Multilingual Entity Linking of Occupations, RecSys in HR 2024.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from benchmarks import folders
from benchmarks.encoding import HEADLINE, INPUTS, Titles
from matcher.core.errors import UnreadableFile
from matcher.core.ports import Vectors

QUERIES, CORPUS, ANNOTATIONS = "queries.tsv", "corpus_elements.tsv", "annotations.tsv"
QUERY_BLOCK, SEED = 128, 0
"""Queries scored at once: with 100,000 corpus elements that takes 51 MB, twice."""
TFIDF = "character TF-IDF (measured here)"
METRICS = ("MRR", "success@1", "success@10")

PUBLISHED_SOURCE = "Retyk et al., MELO, RecSys in HR 2024; those models saw the ESCO taxonomy as a target only"
PUBLISHED: Mapping[str, Mapping[str, tuple[float, float, float]]] = {
    "bel_q_fr_c_fr": {
        "BM25 on lemmas": (0.465, 0.409, 0.564),
        "character TF-IDF": (0.452, 0.399, 0.570),
        "paraphrase-multilingual-mpnet": (0.382, 0.317, 0.500),
        "BGE-M3 (568M)": (0.523, 0.454, 0.674),
        "mE5-large (560M)": (0.541, 0.476, 0.683),
        "E5-mistral-7B": (0.561, 0.491, 0.701),
        "OpenAI text-embedding-3-large": (0.578, 0.500, 0.738),
    },
    "bel_q_fr_c_en": {
        "BM25 on lemmas": (0.072, 0.049, 0.125),
        "character TF-IDF": (0.183, 0.128, 0.299),
        "paraphrase-multilingual-mpnet": (0.146, 0.101, 0.220),
        "BGE-M3 (568M)": (0.401, 0.311, 0.576),
        "mE5-large (560M)": (0.427, 0.335, 0.631),
        "E5-mistral-7B": (0.538, 0.442, 0.747),
        "OpenAI text-embedding-3-large": (0.574, 0.467, 0.784),
    },
    "usa_q_en_c_en": {
        "BM25 on lemmas": (0.600, 0.515, 0.749),
        "character TF-IDF": (0.580, 0.471, 0.755),
        "paraphrase-multilingual-mpnet": (0.588, 0.474, 0.787),
        "BGE-M3 (568M)": (0.623, 0.488, 0.845),
        "mE5-large (560M)": (0.656, 0.537, 0.858),
        "E5-mistral-7B": (0.674, 0.553, 0.886),
        "OpenAI text-embedding-3-large": (0.684, 0.556, 0.899),
    },
}
"""What others reach: set, model, and METRICS in their order."""

Item = TypeVar("Item")
Ranks = NDArray[np.int64]
Scorer = Callable[[slice], Vectors]
"""A block of queries in, their scores with every corpus element out, shape (queries, elements)."""


@dataclass(frozen=True, slots=True)
class MeloSet:
    """One set. Queries without an annotation are left out, as trec_eval leaves them out."""

    name: str
    queries: tuple[str, ...]
    corpus: tuple[str, ...]
    corpus_ids: tuple[str, ...]
    relevant: tuple[tuple[int, ...], ...]
    """By query, the places of the right elements in the corpus."""


def measure(folder: Path, encoders: Sequence[Titles], *, tfidf: bool) -> dict[str, Any]:
    """Return the figures of every encoder and input on every set in a folder, beside the published ones.

    Raises:
        UnreadableFile: a set is incomplete or wrong, or there is none.
    """
    sets = read(folder)
    return {
        "headline": {"model": encoders[0].name, "input": HEADLINE},
        "sets": sizes(sets),
        "measured": measured(sets, encoders, lambda one, score: figures(ranks(one, score)), tfidf=tfidf),
        "published": {
            "source": PUBLISHED_SOURCE,
            "figures": {
                one.name: {
                    model: dict(zip(METRICS, values, strict=True)) for model, values in PUBLISHED[one.name].items()
                }
                for one in sets
                if one.name in PUBLISHED
            },
        },
    }


def sizes(sets: Sequence[MeloSet]) -> dict[str, dict[str, int]]:
    """Return how large each set is, by its name."""
    return {one.name: {"queries": len(one.queries), "corpus elements": len(one.corpus)} for one in sets}


def measured(
    sets: Sequence[MeloSet],
    encoders: Sequence[Titles],
    figured: Callable[[MeloSet, Scorer], dict[str, Any]],
    *,
    tfidf: bool,
) -> dict[str, dict[str, dict[str, Any]]]:
    """Return what `figured` makes of each set and its scores, by encoder, input and set."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for titles in encoders:
        found[titles.name] = {how: {one.name: figured(one, scorer(one, titles, how)) for one in sets} for how in INPUTS}
    if tfidf:
        found[TFIDF] = {how: {one.name: figured(one, tfidf_scorer(one, how)) for one in sets} for how in INPUTS}
    return found


def read(folder: Path) -> list[MeloSet]:
    """Return the set that a folder is, or the sets in its sub-folders, by name.

    Raises:
        UnreadableFile: a set is incomplete or wrong, or there is none.
    """
    found = folders.sets(folder, (QUERIES, ANNOTATIONS), made_of=f"{QUERIES}, {CORPUS}, {ANNOTATIONS}")
    return [_read_set(path) for path in found]


def scorer(one: MeloSet, titles: Titles, how: str) -> Scorer:
    """Return the cosines of a set's queries and corpus by an encoder, for one of INPUTS."""
    distinct, place = _distinct([INPUTS[how](title) for title in one.corpus])
    offered = titles.rows(distinct)
    asked = titles.rows([INPUTS[how](title) for title in one.queries])

    def score(block: slice) -> Vectors:
        # By distinct title, so that equal titles have exactly equal scores.
        found: Vectors = (asked[block] @ offered.T)[:, place]
        return found

    return score


def tfidf_scorer(one: MeloSet, how: str) -> Scorer:
    """Return the cosines of TF-IDF of characters within words, 2 to 5 at a time; the corpus gives the statistics."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - a second of import time

    def text(title: str) -> str:
        return " ".join(part.text for part in INPUTS[how](title))

    distinct, place = _distinct([text(title) for title in one.corpus])
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, dtype=np.float32)
    offered = vectorizer.fit_transform(distinct).T.tocsr()
    asked = vectorizer.transform([text(title) for title in one.queries])

    def score(block: slice) -> Vectors:
        found: Vectors = (asked[block] @ offered).toarray()[:, place]
        return found

    return score


def ranks(one: MeloSet, score: Scorer) -> Ranks:
    """Return each query's rank, from 1, of its best right element: shape (queries, 2).

    The first column has equal scores in the order of the corpus, the second by descending id, as trec_eval has them.
    """
    in_order = np.arange(len(one.corpus))
    by_id = np.empty_like(in_order)
    by_id[sorted(in_order, key=lambda at: one.corpus_ids[at].encode(), reverse=True)] = in_order
    found = np.empty((len(one.queries), 2), dtype=np.int64)
    for start in range(0, len(one.queries), QUERY_BLOCK):
        scores = score(slice(start, start + QUERY_BLOCK))
        for query, row in enumerate(scores, start=start):
            right = np.array(one.relevant[query])
            best = row[right].max()
            above, tied = np.count_nonzero(row > best), np.flatnonzero(row == best)
            for column, order in enumerate((in_order, by_id)):
                first = order[right[row[right] == best]].min()
                found[query, column] = 1 + above + np.count_nonzero(order[tied] < first)
    return found


def figures(found: Ranks, *, resamples: int = 2000, seed: int = SEED) -> dict[str, Any]:
    """Return MRR and success at 1 and 10, the MRR's 95 % bootstrap interval, and the MRR in trec_eval's order of ties.

    Args:
        found: what `ranks` gives.
        resamples: of the queries, for the interval.
        seed: of the resampling.
    """
    in_order = found[:, 0]
    reciprocal = 1 / in_order
    draws = np.random.default_rng(seed).integers(0, len(found), (resamples, len(found)))
    low, high = np.quantile(reciprocal[draws].mean(axis=1), (0.025, 0.975))
    values = (reciprocal.mean(), (in_order <= 1).mean(), (in_order <= 10).mean())
    return {
        **{name: round(float(value), 4) for name, value in zip(METRICS, values, strict=True)},
        "MRR 95 %": [round(float(low), 4), round(float(high), 4)],
        "MRR, ties as in trec_eval": round(float((1 / found[:, 1]).mean()), 4),
    }


def _read_set(folder: Path) -> MeloSet:
    queries, corpus = _titles(folder / QUERIES), _titles(folder / CORPUS)
    places = {name: at for at, name in enumerate(corpus)}
    right: dict[str, dict[int, None]] = {}
    for where, (query, _, element, relevance) in folders.rows(folder / ANNOTATIONS, columns=4):
        if query not in queries:
            raise UnreadableFile(f"{where}: {query!r} is not in {QUERIES}")
        if element not in places:
            raise UnreadableFile(f"{where}: {element!r} is not in {CORPUS}")
        if not relevance.isdecimal():
            raise UnreadableFile(f"{where}: the last column must be 0 or 1: {relevance!r}")
        if int(relevance):
            right.setdefault(query, {})[places[element]] = None
    if not right:
        raise UnreadableFile(f"{folder.name}/{ANNOTATIONS} has no right element for any query")
    asked = [name for name in queries if name in right]
    return MeloSet(
        name=folder.name,
        queries=tuple(queries[name] for name in asked),
        corpus=tuple(corpus.values()),
        corpus_ids=tuple(corpus),
        relevant=tuple(tuple(right[name]) for name in asked),
    )


def _titles(path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for where, (name, title) in folders.rows(path, columns=2):
        if name in found:
            raise UnreadableFile(f"{where}: the id {name!r} stands twice")
        found[name] = title
    return found


def _distinct(items: Sequence[Item]) -> tuple[list[Item], Ranks]:
    """Return the distinct items in order, and for each item the place of its like among them."""
    places: dict[Item, int] = {}
    at = np.array([places.setdefault(item, len(places)) for item in items], dtype=np.int64)
    return list(places), at
