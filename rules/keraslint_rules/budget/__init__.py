"""Rules about the size of models."""
