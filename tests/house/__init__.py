"""Tests of the house itself: contracts, completeness, words."""
