"""Findings: diagnostics, fixes, rules, their registry and the runner."""
