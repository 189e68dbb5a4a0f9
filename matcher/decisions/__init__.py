"""The decision log: every ranking that was shown to somebody, written down so that it can be examined years later.

And whose records recruiters and organisers have read outside of rankings: a person can be told who was shown them.

entry        what is written of one ranking, or of records read, without a person's name, id or words
pseudonyms   people's ids, keyed with a secret of the installation
chain        lines that each carry the digest of the one before
segments     the folder: files by process, compressed and deleted whole
log          the queue and the thread that writes
verify       proves that no line was altered or taken away
repeat       asks again what was asked
replay       ranks again, and says what differs
"""
