"""The one table of what happens because of what: fact -> reactions, in order; and what of it is foreseen.

Reactions run in the fact's own transaction and may only write rows, enqueue jobs or plan a broadcast. Peers meet here
and nowhere else.
"""

from hep_api.accounts.facts import LetterRefused, SecondFactorForgotten, SignInEnded, SignInStarted
from hep_api.adherence.actions import recount, suggesting
from hep_api.adherence.erasing import erase_adherence
from hep_api.adherence.facts import EntriesReported, EventsRecorded, ReportsSettled
from hep_api.clinics import connections
from hep_api.clinics.actions import bouncing, cover, covering
from hep_api.clinics.erasing import erase_person
from hep_api.clinics.facts import (
    CareTeamChanged,
    InvitationWithdrawn,
    MemberAccessChanged,
    MemberDisabled,
    MemberEnabled,
    PatientEntered,
    PatientErased,
    PatientInvited,
    PatientMoved,
    ResponseHoursChanged,
    SecondFactorRequired,
)
from hep_api.foundation.facts import Reactions
from hep_api.foundation.foreseeing import Foresights, adds_no_job
from hep_api.insights.actions import asking, settling, unheeded
from hep_api.insights.erasing import erase_insights
from hep_api.integrations.calendars.erasing import erase_calendars
from hep_api.integrations.progress_reports.erasing import erase_reports
from hep_api.messaging.actions import check_in_rules, ending, flagging, handling, opening, passing_on, posting_cards
from hep_api.messaging.actions.attachments import put_away_withdrawn
from hep_api.messaging.answering.clock import note_answer
from hep_api.messaging.answering.out_of_hours import foresee_out_of_hours, tell_out_of_hours
from hep_api.messaging.broadcasts import check_ins as check_ins_told
from hep_api.messaging.broadcasts import content as content_told
from hep_api.messaging.broadcasts import flags as flags_told
from hep_api.messaging.broadcasts import handling as handling_told
from hep_api.messaging.broadcasts import messages as told
from hep_api.messaging.broadcasts.presence import tell_of_presence
from hep_api.messaging.erasing.conversations import erase_messaging
from hep_api.messaging.facts.check_ins import CheckInAnswered
from hep_api.messaging.facts.content import ContentOpened
from hep_api.messaging.facts.flags import FlagAcknowledged, FlagCauseAdded, FlagPassedOn, FlagRaised
from hep_api.messaging.facts.handling import ConversationHandled
from hep_api.messaging.facts.hours import OpeningHoursChanged
from hep_api.messaging.facts.messages import (
    ConversationOpened,
    MessageChanged,
    MessageEdited,
    MessageSent,
    MessageWithdrawn,
    ReceiptChanged,
)
from hep_api.messaging.facts.presence import PresenceReported
from hep_api.notifications.actions import asking as telling
from hep_api.notifications.actions import claiming, looking, noticing
from hep_api.notifications.actions import ending as devices_ending
from hep_api.notifications.erasing import erase_notifications
from hep_api.notifications.facts.devices import DeviceEnded, DeviceZoneReported
from hep_api.notifications.facts.reminders import RemindersIgnored, RemindersSettled
from hep_api.notifications.mailing.erasing import erase_mails
from hep_api.plans.actions.touching import touch_for
from hep_api.plans.erasing import erase_plans
from hep_api.plans.facts import (
    PauseChanged,
    PlanChanged,
    PlanEnded,
    PlanPaused,
    PlanStarted,
    RevisionAcknowledged,
    RevisionPublished,
)
from hep_api.rights.erasing import erase_rights

REACTIONS: Reactions = {
    SignInStarted: (devices_ending.end_of_former_owners,),
    SignInEnded: (connections.close_of_sign_in, devices_ending.end_of_sign_in),
    SecondFactorForgotten: (connections.close_of_sign_in,),
    SecondFactorRequired: (connections.close_of_owing,),
    LetterRefused: (bouncing.note_refused_letter,),
    MemberDisabled: (
        connections.close_of_member,
        cover.end_of_disabled,
        settling.hand_back_of_disabled,
        handling.hand_back_of_disabled,
        passing_on.pass_on_of_disabled,
        asking.review_member,
        devices_ending.end_of_disabled,
    ),
    DeviceEnded: (claiming.drop_of_ended, looking.look_where_they_are),
    MemberEnabled: (asking.review_member, looking.look_again_at_member),
    InvitationWithdrawn: (asking.review_member,),
    ResponseHoursChanged: (asking.review_all,),
    MemberAccessChanged: (connections.close_of_member,),
    PatientInvited: (opening.open_care_team_conversation, covering.cover_new_patient),
    PatientEntered: (asking.review_soon, looking.look_again),
    PatientMoved: (check_in_rules.look_again, looking.look_again),
    # The person comes last: the others still ask who was on the care team.
    PatientErased: (
        erase_insights,
        erase_reports,
        erase_calendars,
        erase_notifications,
        erase_mails,
        erase_messaging,
        erase_adherence,
        erase_plans,
        erase_rights,
        erase_person,
    ),
    CareTeamChanged: (
        told.tell_of_care_team,
        covering.follow_care_team,
        settling.hand_back_of_left,
        handling.hand_back_of_left,
        passing_on.pass_on_of_left,
    ),
    ConversationOpened: (told.tell_of_opened,),
    ConversationHandled: (handling_told.tell_of_handling, asking.review_closed, telling.tell_of_handling),
    MessageSent: (
        told.tell_of_message,
        handling.note_opened,
        note_answer,
        flagging.look_for_phrases,
        tell_out_of_hours,
        asking.review_answered,
        telling.tell_of_message,
    ),
    OpeningHoursChanged: (asking.review_all,),
    PresenceReported: (tell_of_presence, noticing.note_presence),
    MessageEdited: (told.tell_of_change, flagging.look_for_phrases),
    MessageWithdrawn: (told.tell_of_change, put_away_withdrawn, asking.review_withdrawn),
    MessageChanged: (told.tell_of_change,),
    ContentOpened: (content_told.tell_of_opening,),
    CheckInAnswered: (check_ins_told.tell_of_answer,),
    ReceiptChanged: (told.tell_of_receipt, asking.review_read),
    PlanStarted: (touch_for, ending.follow_plans, check_in_rules.look_again, looking.look_again),
    PlanChanged: (touch_for,),
    RevisionAcknowledged: (touch_for,),
    RevisionPublished: (
        touch_for,
        recount.recount_changed_plan,
        suggesting.review_of_plan,
        asking.review_soon,
        telling.tell_of_plan,
    ),
    PlanPaused: (touch_for, recount.recount_changed_plan, asking.review_soon, telling.tell_of_plan),
    PauseChanged: (touch_for, recount.recount_changed_plan, asking.review_soon, telling.tell_of_plan),
    PlanEnded: (
        touch_for,
        recount.recount_changed_plan,
        suggesting.review_of_plan,
        asking.review_soon,
        ending.follow_plans,
        check_in_rules.look_again,
        looking.look_again,
        telling.tell_of_plan,
    ),
    EventsRecorded: (suggesting.suggest_soon,),
    EntriesReported: (posting_cards.post_cards, flagging.look_at_pain),
    FlagRaised: (flags_told.tell_of_raised, asking.review_at_once, telling.tell_of_flag),
    FlagCauseAdded: (flags_told.tell_of_change, asking.review_at_once),
    FlagPassedOn: (flags_told.tell_of_passing, telling.tell_of_flag),
    FlagAcknowledged: (flags_told.tell_of_change, asking.review_at_once),
    ReportsSettled: (asking.review_at_once,),
    DeviceZoneReported: (looking.look_where_they_are,),
    RemindersIgnored: (unheeded.note_unheeded,),
    RemindersSettled: (unheeded.forget_unheeded,),
}

# What the reactions to a message of a patient's would do where one statement writes it (`sending_at_once`), asked
# before. Who writes it tells of it; the conversation is open and stays so; and clocks stop at the staff's words only.
FORESIGHTS: Foresights = {
    MessageSent: {
        told.tell_of_message: adds_no_job,
        handling.note_opened: adds_no_job,
        note_answer: adds_no_job,
        flagging.look_for_phrases: flagging.foresee_phrases,
        tell_out_of_hours: foresee_out_of_hours,
        asking.review_answered: adds_no_job,
        telling.tell_of_message: telling.foresee_message,
    },
}
