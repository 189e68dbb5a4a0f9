"""What the service answers, and what it reads beside the native records (matcher.records): one file a subject."""
