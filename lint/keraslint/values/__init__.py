"""Pure algebra: dimensions, shapes, unknowns, and the closed sum of values that evaluation works on."""
