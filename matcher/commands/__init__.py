"""The commands, one file a subject: they load quickly, since everything heavy is imported where it is used."""
