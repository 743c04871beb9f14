"""Rules about architectures that build and train, and could be better."""
