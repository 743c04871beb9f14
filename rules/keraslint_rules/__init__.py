"""The built-in rules of keraslint: one file a rule, whose docstring is its manual and its test."""
