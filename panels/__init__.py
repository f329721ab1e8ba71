"""User panels: who sits in them without being named to others, what they observe, and what becomes of it."""
