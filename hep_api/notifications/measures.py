"""What the database returns of pushes and mails when a worker asks how the work stands, and what each number means."""

from collections.abc import Mapping

MEASURES: Mapping[str, str] = {
    "hep_pushes_waiting": "Pushes that are not finished.",
    "hep_pushes_overdue_seconds": "For how long the oldest push has been due that is not sent; 0: none is.",
    "hep_pushes_dead": "Pushes given up, for a person to look at.",
    "hep_push_provider_failing_seconds": "Since when nothing is sent to a provider, as it refuses or does not answer.",
    "hep_mail_notices_waiting": "Things that members are told of in their next mail.",
    "hep_mail_bounced": "Members whom mail does not reach, by why.",
}
