"""The steps of a match, one file each, in the order that data flows; no stage imports another."""
