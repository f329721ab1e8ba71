"""The region as a whole: built from a data file, enlarged by a territory."""
