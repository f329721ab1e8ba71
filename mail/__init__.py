"""Outgoing mail, as rows. Knows nobody: every room may send."""
