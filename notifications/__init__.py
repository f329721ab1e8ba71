"""The mechanism only: events, outgoing mail. What is notified is declared in each room."""
