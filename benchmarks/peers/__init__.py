"""The same search by others: one small adapter a peer, each in a process of its own. See `__main__.py`."""

GOOD_RECALL = 0.95
"""What a peer must reach to be compared with."""
FEW_QUESTIONS = 50
"""Of fewer the tables say how many they were: a peer had spent its time."""
