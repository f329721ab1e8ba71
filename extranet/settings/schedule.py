"""What happens by itself. Each task is idempotent: a beat restarted, or two of them, do no harm. Without Celery,
`manage.py run_schedule` runs them all once. Seconds, or hours of the clock in TIME_ZONE."""

from celery.schedules import crontab

CELERY_BEAT_SCHEDULE = {
    "extranet: leave a mark for the health page": {"task": "extranet.tasks.beat", "schedule": 60},
    "mail: send what waits": {"task": "mail.tasks.sweep_mail", "schedule": 60},
    "mail: forget what is old": {"task": "mail.tasks.purge_mail", "schedule": crontab(hour=3, minute=30)},
    "notifications: tell what waits": {"task": "notifications.tasks.sweep_events", "schedule": 60},
    "notifications: send the digests whose hour has come": {
        "task": "notifications.tasks.send_digests",
        "schedule": 300,
    },
    "notifications: forget what was sent": {
        "task": "notifications.tasks.forget_old_deliveries",
        "schedule": crontab(hour=3, minute=35),
    },
    "spaces: close ended mandates, warn of those about to end": {
        "task": "spaces.tasks.close_mandates",
        "schedule": crontab(hour=0, minute=5),
    },
    "acknowledgements: remind those who have not read": {
        "task": "acknowledgements.tasks.remind",
        "schedule": crontab(hour="8-18", minute=20),
    },
    "pages: publish and expire at the hour set": {"task": "pages.tasks.publish_scheduled", "schedule": 300},
    "sessions: forget those that ended": {
        "task": "extranet.tasks.clear_sessions",
        "schedule": crontab(hour=3, minute=10),
    },
    "meetings: remind those who have not answered": {
        "task": "meetings.tasks.remind_unanswered",
        "schedule": crontab(hour=8, minute=0),
    },
    "meetings: remind those who have not said which dates suit them": {
        "task": "meetings.tasks.remind_polled",
        "schedule": crontab(hour=8, minute=5),
    },
    "meetings: what is over was held": {"task": "meetings.tasks.close_past_meetings", "schedule": 900},
    "meetings: next agendas": {"task": "meetings.tasks.carry_over_everywhere", "schedule": crontab(minute=20)},
    "meetings: tacit approval": {"task": "meetings.tasks.approve_tacitly", "schedule": crontab(hour=0, minute=15)},
    "meetings: amendments that wait": {
        "task": "meetings.tasks.remind_of_amendments",
        "schedule": crontab(hour=8, minute=10),
    },
    "meetings: questions spoken of and not answered": {
        "task": "meetings.tasks.remind_of_answers",
        "schedule": crontab(hour=8, minute=15),
    },
    "meetings: print the minutes still waiting": {"task": "meetings.tasks.print_papers", "schedule": 120},
    "meetings: late actions": {"task": "meetings.tasks.remind_late_actions", "schedule": crontab(hour=7, minute=45)},
    "meetings: erase the names of guests whose time has passed": {
        "task": "meetings.tasks.erase_guest_names",
        "schedule": crontab(hour=3, minute=25),
    },
    "panels: erase the names whose time has passed": {
        "task": "panels.tasks.erase_old_names",
        "schedule": crontab(hour=3, minute=20),
    },
    "documents: read the text of those still waiting": {"task": "documents.tasks.read_pending", "schedule": 300},
    "documents: label what lies in renamed folders": {"task": "documents.tasks.label_documents", "schedule": 120},
    "documents: draw the pages of those still waiting": {"task": "documents.tasks.draw_previews", "schedule": 120},
    "documents: have the antivirus look at those still waiting": {"task": "documents.tasks.scan_files", "schedule": 60},
    "documents: forget what is derived of nothing": {"task": "documents.tasks.forget_contents", "schedule": 86400},
    "documents: compare versions still waiting": {"task": "documents.tasks.compare_versions", "schedule": 120},
    "documents: remind of reviews": {
        "task": "documents.tasks.remind_of_reviews",
        "schedule": crontab(hour=7, minute=0),
    },
    "documents: announce the links that end soon": {
        "task": "documents.tasks.warn_of_ending_links",
        "schedule": crontab(hour=7, minute=20),
    },
    "documents: forget the links that ended long ago": {
        "task": "documents.tasks.forget_old_links",
        "schedule": crontab(hour=3, minute=50),
    },
    "documents: forget who": {"task": "documents.tasks.forget_downloads", "schedule": crontab(hour=3, minute=40)},
    "documents: empty the trash": {"task": "documents.tasks.purge_trash", "schedule": crontab(hour=3, minute=45)},
    "documents: sweep uploads that never finished": {
        "task": "documents.tasks.sweep_uploads",
        "schedule": crontab(hour=3, minute=15),
    },
}
