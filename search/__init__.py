"""One indexed row per object that can be found; asked once, filtered by the reader's spaces."""
