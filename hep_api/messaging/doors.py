"""All doors of messaging, for `app.py`: routes, sockets, background jobs, and those that come again."""

from collections.abc import Mapping
from datetime import timedelta

from hep_api.foundation.jobs.work import Work
from hep_api.foundation.realtime.commands import SocketDoor
from hep_api.foundation.web.doors import Routes
from hep_api.messaging.jobs import attachments as attachment_jobs
from hep_api.messaging.jobs import check_ins as check_in_jobs
from hep_api.messaging.jobs import ending as ending_jobs
from hep_api.messaging.jobs import flags as flag_jobs
from hep_api.messaging.routes import (
    attachment_uploads,
    attachments,
    check_ins,
    flags,
    inbox,
    message_changes,
    messages,
    mutes,
    policies,
    saved_replies,
    sent_content,
)
from hep_api.messaging.socket import MessagingDoor

ROUTES: tuple[Routes, ...] = (
    messages.routes,
    flags.routes,
    attachments.routes,
    attachment_uploads.routes,
    inbox.routes,
    saved_replies.routes,
    policies.routes,
    sent_content.routes,
    check_ins.routes,
    message_changes.routes,
    mutes.routes,
)
DOORS: tuple[SocketDoor, ...] = (MessagingDoor(),)
JOBS: Mapping[str, Work] = {
    **ending_jobs.JOBS,
    **check_in_jobs.JOBS,
    **flag_jobs.JOBS,
    **attachment_jobs.JOBS,
}
RECURRING: Mapping[str, timedelta] = {
    **check_in_jobs.RECURRING,
    **ending_jobs.RECURRING,
    **flag_jobs.RECURRING,
    **attachment_jobs.RECURRING,
}
