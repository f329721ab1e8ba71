"""People: who signs in, how they are invited, what they change about themselves."""
