"""The room's screens, by subject."""
