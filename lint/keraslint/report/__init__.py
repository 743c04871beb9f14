"""From records to strings: one file a format, entered into its table by decorator. Nothing here prints or reads."""
