"""One step a file, each naming the one before. A step that has been released is never edited."""
