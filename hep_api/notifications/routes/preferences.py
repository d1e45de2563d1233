"""HTTP doors of how one is told, and how a clinic's people are."""

from typing import Any

from hep_api.accounts.viewer import EVERYONE, LEADERS, STAFF, viewer
from hep_api.clinics.queries import clinics
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web import etags
from hep_api.foundation.web.doors import Routes, returns, signed_in, takes
from hep_api.notifications.actions import preferring
from hep_api.notifications.queries import preferences
from hep_api.notifications.schemas.preferences import (
    NotificationPolicyIn,
    NotificationPolicyOut,
    NotificationsIn,
    NotificationsOut,
)

routes = Routes("notices", "What one is told of outside of the app: how, when not, and how often.")


@routes.get("/me/notifications")
@signed_in(*EVERYONE)
@returns(NotificationsOut, tag=etags.by_version)
def get_own_notifications() -> dict[str, Any]:
    """Show how one is told of what, and who has settled it: oneself, the clinic, or else the product."""
    with transaction() as session:
        return preferences.get_preferences_for(session, viewer(), clock.now())


@routes.patch("/me/notifications")
@signed_in(*EVERYONE)
@takes(NotificationsIn)
@returns(NotificationsOut, tag=etags.by_version)
def change_own_notifications(body: dict[str, Any]) -> dict[str, Any]:
    """Wish to be told otherwise; needs If-Match. What is null is the clinic's again.

    A red flag always rings, also in quiet hours; a mail may come in addition.

    Errors: 422 for a kind that one's role is not told of, and for the zone of a patient.
    """
    with transaction() as session:
        kept = preferring.own_preference(session, viewer().clinic_id, viewer().member_id)
        etags.require_match(viewer().member_id, kept.version)
        preferring.change_preferences(session, viewer(), kept, body)
        return preferences.get_preferences_for(session, viewer(), clock.now())


@routes.get("/clinic/notifications")
@signed_in(*STAFF)
@returns(NotificationPolicyOut, tag=etags.by_version)
def get_notification_policy() -> dict[str, Any]:
    """Show how those are told who have settled nothing themselves."""
    with transaction() as session:
        return preferences.get_policy_for(session, viewer())


@routes.patch("/clinic/notifications")
@signed_in(*LEADERS)
@takes(NotificationPolicyIn)
@returns(NotificationPolicyOut, tag=etags.by_version)
def change_notification_policy(body: dict[str, Any]) -> dict[str, Any]:
    """Settle how those are told who have settled nothing themselves; needs If-Match. What is null is the product's.

    All settings of a clinic have one version: after a change of any, read anew.
    """
    with transaction() as session:
        clinic = clinics.lock_clinic(session, viewer())
        etags.require_match(clinic.id, clinic.version)
        preferring.change_policy(session, clinic, body)
        return preferences.get_policy_for(session, viewer())
