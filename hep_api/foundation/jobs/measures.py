"""What the database returns of jobs when a worker asks how the work stands, and what each number means."""

from collections.abc import Mapping

MEASURES: Mapping[str, str] = {
    "hep_jobs_waiting": "Jobs that are not finished, those of a later time and those in hand among them.",
    "hep_jobs_due": "Jobs whose time has come and that no worker has taken yet.",
    "hep_jobs_in_hand": "Jobs that a worker has in hand.",
    "hep_jobs_overdue_seconds": "For how long the oldest job has been due that no worker works on; 0: none is.",
    "hep_jobs_dead": "Jobs given up, for a person to look at (`flask jobs dead`).",
    "hep_database_bytes": "Size of the database on its disk.",
    "hep_database_connections": "Connections to the database server, of all programs.",
    "hep_database_connections_most": "The most that the database server takes.",
}
