"""The demo network: people, documents, announcements and meetings, all fictitious, dated from the day they are loaded.

`loading.py` puts them in place through the rooms' own actions; the other modules hold what is said, and nothing else."""
