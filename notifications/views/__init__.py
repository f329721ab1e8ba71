"""Notices; what somebody chooses about them; the archive of what was sent."""
