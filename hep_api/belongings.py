"""The one table of what of a patient, and of a clinic, each capability holds: what an export has, in its order, and by
which instants it is known how long a record is kept. What each of them erases stands in `reactions.py`.
"""

from hep_api.accounts import jobs as accounts
from hep_api.adherence.contacts import contacts_of_adherence
from hep_api.adherence.exporting import export_adherence
from hep_api.clinics.contacts import contacts_of_person
from hep_api.clinics.exporting import export_clinic, export_person
from hep_api.foundation.jobs import pruning
from hep_api.insights.exporting import export_insights
from hep_api.integrations.calendars.exporting import export_calendars
from hep_api.integrations.progress_reports.exporting import export_reports
from hep_api.library.exporting import export_library
from hep_api.messaging.access import list_staff_conversations
from hep_api.messaging.contacts import contacts_of_messaging
from hep_api.messaging.exporting.attachments import export_attachments
from hep_api.messaging.exporting.clinics_own import export_what_is_sent
from hep_api.messaging.exporting.clock import export_responses
from hep_api.messaging.exporting.conversations import export_messaging
from hep_api.messaging.exporting.flags import export_flags
from hep_api.messaging.exporting.policies import export_policies
from hep_api.messaging.exporting.saved_replies import export_saved_replies
from hep_api.notifications.exporting import export_notifications, export_wishes
from hep_api.notifications.mailing.exporting import export_digests, export_mails
from hep_api.plans.contacts import contacts_of_plans
from hep_api.plans.exporting import export_plans
from hep_api.rights.exporting import export_rights
from hep_api.rights.sources import Sources

BELONGINGS = Sources(
    of_patient=(
        export_person,
        export_plans,
        export_adherence,
        export_messaging,
        export_flags,
        export_responses,
        export_attachments,
        export_insights,
        export_notifications,
        export_mails,
        export_calendars,
        export_reports,
        export_rights,
    ),
    of_clinic=(
        export_clinic,
        export_library,
        export_policies,
        export_saved_replies,
        export_what_is_sent,
        export_wishes,
        export_digests,
    ),
    contacts=(contacts_of_person, contacts_of_plans, contacts_of_adherence, contacts_of_messaging),
    sweeps={
        "jobs.prune_finished": pruning.prune_finished_jobs,
        "accounts.prune_sign_ins": accounts.prune_sign_ins,
    },
    kept_back=list_staff_conversations,
)
