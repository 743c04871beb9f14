"""The built-in rules of keraslint: one file a rule, whose docstring is its manual and its test."""

MANUALS = "https://github.com/keraslint/keraslint/blob/main/rules/keraslint_rules/"
"""Where the files of the rules, which hold their manuals, are on the web."""
