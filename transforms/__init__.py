"""From a function's syntax tree to its derivative's."""
