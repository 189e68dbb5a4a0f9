"""Sets of skills, compared one by one: which share of what a posting asks for does each profile cover?

Every distinct skill of both sides has a number in one `Vocabulary`, with its vector. Which numbers stand in for which
is worked out once a skill and kept; a question then costs a look at each entry of the sets, and no arithmetic for the
nine in ten that have nothing to do with it.
"""

from matcher.stages.skills.asked import NO_SKILLS, Marks, Numbers, Offered, Reached, Shares, Wanted
from matcher.stages.skills.sets import SkillSets
from matcher.stages.skills.vocabulary import Vocabulary

__all__ = ["NO_SKILLS", "Marks", "Numbers", "Offered", "Reached", "Shares", "SkillSets", "Vocabulary", "Wanted"]
