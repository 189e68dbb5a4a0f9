"""Warm-up: a ranking each way between two documents, so that models and compiled loops are loaded before a request."""

from datetime import date

import numpy as np

from matcher.core.domain import Kind, Posting, PostingId, Profile, ProfileId
from matcher.core.pages import NOTHING
from matcher.core.scoring import MERGED, Weights
from matcher.derive import Deriver
from matcher.finding import Bounds
from matcher.stages.counts import Filters
from matcher.variants import COMPARED


def rehearse(deriver: Deriver, *, weights: Weights, today: date) -> None:
    """Load or compile what is otherwise made ready where it is first needed: encoders, thesaurus, loops.

    Args:
        deriver: makes what is compared of a posting and a profile, which are stored nowhere.
        weights: what each aspect counts.
        today: the day of the questions.

    Raises:
        ModelUnavailable: an encoder or the thesaurus cannot be loaded.
    """
    words = "Data scientist, Python"
    posting = Posting(PostingId(""), words, description=words, skills=(words,))
    profile = Profile(ProfileId(""), words, summary=words, skills=(words,), visible_to_recruiters=True)
    corpus = deriver.corpus()
    for record in (posting, profile):
        corpus.put(record, *deriver.made([record]).derived)
    for kind in Kind:
        question = corpus.question(kind, "", weights=weights)
        there = corpus.sides[kind.other].index
        rows = np.arange(there.rows)
        there.coarse_scores(question.query, rows)  # of a forum of two, nobody asks for them
        there.between(rows, rows, COMPARED)
        corpus.varied(question, k=1, weights=weights, variety=MERGED, today=today)
        corpus.searched(
            question,
            bounds=Bounds(),
            filters=Filters(),
            weights=weights,
            words_weight=0.0,
            k=1,
            seen=NOTHING,
            today=today,
        )
