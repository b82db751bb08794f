"""REST, version 1: thin, typed, every method checks its permission itself."""
