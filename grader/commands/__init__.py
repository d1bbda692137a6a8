"""One module for each subcommand that is more than a call: gather, call, show. Only `cli` imports from here."""
