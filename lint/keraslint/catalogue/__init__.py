"""What Keras is: layers, operations, signatures and data sets of both versions. Knowledge only."""
