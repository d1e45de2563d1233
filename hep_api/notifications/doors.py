"""All doors of notifications, for `app.py`: routes, background jobs, and those that come again."""

from collections.abc import Mapping
from datetime import timedelta

from hep_api.foundation.jobs.work import Work
from hep_api.foundation.web.doors import Routes
from hep_api.notifications.jobs import delivery as push_jobs
from hep_api.notifications.jobs import devices as device_jobs
from hep_api.notifications.jobs import mails as mail_jobs
from hep_api.notifications.jobs import reminders as reminder_jobs
from hep_api.notifications.jobs import telling as telling_jobs
from hep_api.notifications.routes import devices, health, mails, preferences, pushes, reminders

ROUTES: tuple[Routes, ...] = (
    devices.routes,
    reminders.routes,
    mails.routes,
    preferences.routes,
    pushes.routes,
    health.routes,
)
JOBS: Mapping[str, Work] = {
    **device_jobs.JOBS,
    **reminder_jobs.JOBS,
    **push_jobs.JOBS,
    **telling_jobs.JOBS,
    **mail_jobs.JOBS,
}
RECURRING: Mapping[str, timedelta] = {
    **device_jobs.RECURRING,
    **reminder_jobs.RECURRING,
    **push_jobs.RECURRING,
    **telling_jobs.RECURRING,
    **mail_jobs.RECURRING,
}
