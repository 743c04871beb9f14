"""Models: the order of their layers, sharing, what is trainable, counts, and the record of an analysis."""
