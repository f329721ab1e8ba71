"""Documents, folders, and the store that keeps their bytes by fingerprint."""
