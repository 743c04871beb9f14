"""Rules about what Keras 3 takes otherwise than Keras 2."""
