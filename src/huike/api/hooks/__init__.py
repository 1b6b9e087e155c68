"""Web-hooks: tell another program what changed here, signed, tried again, sent again."""
