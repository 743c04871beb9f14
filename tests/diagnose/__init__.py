"""Tests of findings: the registry, the runner, comments, fixes and manuals."""
