"""Rules about training a model."""
