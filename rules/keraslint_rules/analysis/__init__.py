"""Rules about the analysis itself: files, comments, models that could not be resolved."""
