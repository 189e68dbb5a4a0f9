"""How the database came to be, one step a file in versions/. Run by `matcher.stores.database` when it opens."""
