"""Rules about shapes: what Keras refuses to build."""
