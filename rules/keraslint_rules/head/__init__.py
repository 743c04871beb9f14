"""Rules about the last layer, the loss and the metrics of a model."""
