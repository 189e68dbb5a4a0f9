"""French regions and départements: names, codes, and which lies in which."""
