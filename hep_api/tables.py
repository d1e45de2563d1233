"""Every table of the product, for Alembic and the tests."""

from hep_api.accounts.models import familiar, firebase, identity, second_factor
from hep_api.adherence.models import days, events, suggestions, weeks
from hep_api.audit import models as audit
from hep_api.clinics import models as clinics
from hep_api.foundation.database import metadata
from hep_api.foundation.jobs import models as jobs
from hep_api.foundation.mail import models as mails
from hep_api.insights import models as insights
from hep_api.integrations.calendars import models as calendars
from hep_api.integrations.progress_reports import models as progress_reports
from hep_api.library.models import assets as library_assets
from hep_api.library.models import drawings, exercises, favourites, templates, words
from hep_api.messaging.models import (
    attachments,
    check_ins,
    content,
    conversations,
    flags,
    handling,
    messages,
    mutes,
    policies,
    receipts,
    responses,
    saved_replies,
    sent_content,
)
from hep_api.notifications.models import devices, notices, preferences, pushes, reminders
from hep_api.notifications.models import mails as collected_mails
from hep_api.plans.models import acknowledgements, changes, drafts, goals, plans, revisions, states
from hep_api.plans.models import assets as plan_assets
from hep_api.rights import models as rights

TABLES = (
    acknowledgements,
    library_assets,
    plan_assets,
    familiar,
    firebase,
    identity,
    second_factor,
    events,
    days,
    suggestions,
    weeks,
    audit,
    calendars,
    changes,
    clinics,
    devices,
    insights,
    jobs,
    mails,
    collected_mails,
    drafts,
    drawings,
    exercises,
    favourites,
    words,
    content,
    sent_content,
    check_ins,
    conversations,
    flags,
    messages,
    attachments,
    mutes,
    notices,
    receipts,
    responses,
    goals,
    handling,
    plans,
    policies,
    preferences,
    progress_reports,
    pushes,
    reminders,
    revisions,
    rights,
    saved_replies,
    states,
    templates,
)
__all__ = ["TABLES", "metadata"]
