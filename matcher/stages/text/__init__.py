"""Clean, make gender-neutral, and split into facet texts: the only step that reads what people wrote.

`clean` and `clean_title` are for people to read, `neutral` is for encoders, `words` for the full-text rows.
"""

from matcher.core import places
from matcher.stages.text.anchors import anchors_of, skills_at
from matcher.stages.text.clean import clean, clean_title
from matcher.stages.text.facets import (
    body_of,
    facet_texts,
    forget_parts,
    full_text,
    prose_of,
    quotes,
    skills,
    words,
)
from matcher.stages.text.gender import forget_words
from matcher.stages.text.genderless import forget_masculines
from matcher.stages.text.naming import forget_names
from matcher.stages.text.neutral import forget_texts, neutral
from matcher.stages.text.query import (
    SearchQuery,
    one_and_others,
    parse,
    refused_spellings,
    search_words,
    spellings,
    typed_words,
)
from matcher.stages.text.query_words import bare, is_small_in_a_row


def forget() -> None:
    """Drop the texts that were kept to save work: somebody has been erased."""
    forget_texts()
    forget_parts()
    forget_names()
    forget_words()
    forget_masculines()
    places.forget()


VERSION = "16"
"""Goes into the index's fingerprint: bump it whenever a facet text would change."""

__all__ = [
    "VERSION",
    "SearchQuery",
    "anchors_of",
    "bare",
    "body_of",
    "clean",
    "clean_title",
    "facet_texts",
    "forget",
    "full_text",
    "is_small_in_a_row",
    "neutral",
    "one_and_others",
    "parse",
    "prose_of",
    "quotes",
    "refused_spellings",
    "search_words",
    "skills",
    "skills_at",
    "spellings",
    "typed_words",
    "words",
]
