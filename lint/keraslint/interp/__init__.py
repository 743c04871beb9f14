"""Evaluation: IR to closures to an Analysis; frames, heap, fuel, calls, classes, choice points."""
