"""The subcommands of huike, a module each."""
