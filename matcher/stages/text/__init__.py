"""Clean, make gender-neutral, and split into facet texts: the only step that reads what people wrote.

`clean` and `clean_title` are for people to read, `neutral` is for encoders, `words` for the full-text rows.
"""

from matcher.stages.text.clean import clean, clean_title
from matcher.stages.text.facets import facet_texts, full_text, skills, words
from matcher.stages.text.neutral import neutral

VERSION = "1"
"""Goes into the index's fingerprint: bump it whenever a facet text would change."""

__all__ = ["VERSION", "clean", "clean_title", "facet_texts", "full_text", "neutral", "skills", "words"]
