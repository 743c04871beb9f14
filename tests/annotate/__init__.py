"""Tests of counts as comments."""
