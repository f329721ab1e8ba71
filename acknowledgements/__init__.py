"""« J’ai lu »: who has read an announcement or a document that had to be read, and who has not yet."""
