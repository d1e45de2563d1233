"""Every setting of the product: its environment variable, type, default and reason, read once into a frozen object.

The process refuses to start and names each variable that is missing or wrong.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from hep_api.foundation.setting_values import READERS, Count

# As browsers send it: no path, no pattern, in the clear on one's own machine only. Apps in a web view have own schemes.
_ORIGIN = re.compile(r"(?!http:)[a-z][a-z0-9+.-]*://[a-z0-9.-]+(:\d{1,5})?|http://(localhost|127\.0\.0\.1)(:\d{1,5})?")
# What stands in a header of a mail; in the clear on one's own machine only.
_START = re.compile(r"(https://|http://(localhost|127\.0\.0\.1)[:/])[!#-;=?-~]+")
# The last label has a letter, so no address of a machine is one.
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}$)(?!.*(^|\.)\d+$)({_LABEL}\.)*{_LABEL}")


class SettingsError(Exception):
    """One sentence per variable that is missing or wrong."""


def _setting(reason: str, default: Any = ...) -> Any:
    """Declare a setting; its variable is the field's name in capitals behind `HEP_`, except the two customary URLs."""
    metadata = {"reason": reason}
    return field(metadata=metadata) if default is ... else field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    # ruff: noqa: RUF009 - dataclasses.field behind a name of its own
    database_url: str = _setting("where PostgreSQL 15 or newer listens, as postgresql://user:password@host/name")
    database_migrator_url: str = _setting("the same for `flask database upgrade`, as hep_migrator; empty: as above", "")
    database_role: str = _setting(
        "role that every connection of the app works as, whoever signs in: bound by row-level security", "hep_app"
    )
    redis_url: str = _setting("message queue and counts of several web processes; empty for a single one", "")
    token_keys_folder: Path = _setting("folder with the ES256 signing keys, one .pem file each")
    environment: str = _setting(
        "production or development; development relaxes nothing but the refusal of Firebase's emulator and of "
        "HEP_PUSH_URL",
        "production",
    )
    token_issuer: str = _setting("iss claim of the tokens; a clinic's own name for this installation", "hep-api")
    access_token_seconds: int = _setting("life of an access token", 900)
    refresh_token_days: int = _setting("how long a phone that is not used stays signed in", 60)
    sign_in_most_days: int = _setting("how long anyone stays signed in on a device, however much it is used", 180)
    password_hash_memory_kib: int = _setting("argon2id memory per hash", 65536)
    password_hash_passes: int = _setting("argon2id passes", 3)
    password_hashes_at_a_time: int = _setting("bounds memory: so many hashes at a time, the others wait", 2)
    database_pool_size: int = _setting("connections of one process: as many as handlers at work", 10)
    database_behind_pooler: bool = _setting("true behind PgBouncer in transaction mode: no prepared statements", False)
    statement_timeout_ms: int = _setting("longest statement", 10_000)
    lock_timeout_ms: int = _setting("longest wait for a lock", 3_000)
    idle_in_transaction_timeout_ms: int = _setting("longest transaction that does nothing", 15_000)
    max_body_bytes: int = _setting("largest request body; larger ones get 413", 2 * 1024 * 1024)
    trusted_proxies: Count = _setting(
        "how many proxies of ours pass on each request and say in X-Forwarded-For for whom; 0: none is believed",
        Count(0),
    )
    limits_enabled: bool = _setting("false only to measure: then nothing is refused for coming too often", True)
    requests_per_minute: int = _setting("requests of one sign-in, over all operations; more get 429", 3_000)
    open_requests_per_minute: int = _setting(
        "requests of one address at each operation that anyone may use by hand; programs' operations take ten times "
        "as many. Everybody in a clinic may share one address",
        60,
    )
    strange_sign_ins_per_hour: int = _setting(
        "tries to sign in to one account from devices and addresses that it was never used from", 50
    )
    firebase_project_id: str = _setting(
        "Firebase project whose ID tokens a linked account may be signed in with; empty: not offered", ""
    )
    firebase_credentials_file: str = _setting(
        "key file of a Firebase service account: pushes are sent by it, and each sign-in by Firebase is asked about, "
        "whether it was revoked; empty: no pushes, not asked",
        "",
    )
    push_url: str = _setting(
        "where pushes go in place of Google's address, as http://127.0.0.1:8085; only in development", ""
    )
    push_seconds: float = _setting("how long a worker waits for the answer to one push", 10.0)
    push_chunk: int = _setting("so many pushes of a clinic a worker takes into its hands at a time", 100)
    push_parallel: int = _setting(
        "so many of them a worker sends at once; when it is killed, up to as many are sent a second time", 1
    )
    web_push_key_file: str = _setting(
        "key by which browsers' push services know us, as `flask push make-web-key` writes it; empty: no pushes to "
        "browsers",
        "",
    )
    web_push_contact: str = _setting(
        "whom a push service may write to, as mailto:it@clinic.example; needed with HEP_WEB_PUSH_KEY_FILE", ""
    )
    web_push_hosts: tuple[str, ...] = _setting(
        "push services that browsers may have us send to, comma separated",
        (
            "fcm.googleapis.com",
            "updates.push.services.mozilla.com",
            "*.notify.windows.com",
            "web.push.apple.com",
        ),
    )
    web_origins: tuple[str, ...] = _setting(
        "origins of the clinic's own web apps, comma separated; empty: same origin", ()
    )
    passkey_domain: str = _setting(
        "domain that passkeys belong to, as clinic.example: the web apps' own or one above it; empty: none",
        "",
    )
    passkey_app_origins: tuple[str, ...] = _setting(
        "origins of Android apps that may use passkeys, as android:apk-key-hash:..., comma separated", ()
    )
    app_link: str = _setting(
        "start of the link in an invitation; the one-time code is appended", "hepapp://invitation/"
    )
    plan_link: str = _setting(
        "start of the link in a handout's QR code, which opens a plan in the app; the plan's id is appended",
        "hepapp://plans/",
    )
    password_reset_link: str = _setting(
        "start of the link in the letter for a forgotten password; the one-time token is appended",
        "hepapp://password-reset/",
    )
    mail_link: str = _setting("link that opens the app from a mail with news", "hepapp://open")
    mail_unsubscribe_link: str = _setting(
        "start of the address at which anyone reaches this server's page that ends mails, as "
        "https://api.clinic.example/v1/mail/unsubscribe/; a token is appended; empty: mails only say that the app does",
        "",
    )
    smtp_url: str = _setting(
        "server that takes our mail, as smtp://user:password@host:587 (STARTTLS; ?tls=none for a relay in the same "
        "private network) or smtps://user:password@host:465; empty: mail is written to the folder",
        "",
    )
    mail_from: str = _setting("sender of our mail, as Clinic <no-reply@clinic.example>; needed with HEP_SMTP_URL", "")
    mail_folder: Path = _setting(
        "folder that mail is written to while there is no HEP_SMTP_URL, one .eml file each", Path("/var/lib/hep/mail")
    )
    worker_poll_seconds: float = _setting("how often an idle worker looks for due jobs when nothing wakes it", 1.0)
    job_lease_seconds: int = _setting("a job whose worker was killed is taken over after so long", 60)
    files_folder: Path = _setting(
        "folder of the file store, shared by all processes; made when needed", Path("/var/lib/hep/files")
    )
    files_url: str = _setting(
        "bucket in place of the folder, as s3://bucket/folder; its keys come in the AWS_ variables; empty: the folder",
        "",
    )
    media_picture_bytes: int = _setting("largest picture that is taken", 15 * 1024 * 1024)
    media_video_bytes: int = _setting("largest video that is taken", 200 * 1024 * 1024)
    media_voice_bytes: int = _setting("largest voice message that is taken", 20 * 1024 * 1024)
    media_document_bytes: int = _setting("largest PDF that is taken", 20 * 1024 * 1024)
    media_clinic_megabytes: int = _setting(
        "what all pictures, videos, voices and PDFs of one clinic may take together", 5000
    )
    media_link_seconds: int = _setting("life of a link to a picture or video of an exercise", 3600)
    attachment_link_seconds: int = _setting("life of a link to a file of a message", 600)
    ffmpeg: str = _setting(
        "FFmpeg's path or name, for the worker: it takes the metadata out of videos and voices and makes posters; not "
        "found: they stay as they were sent",
        "ffmpeg",
    )
    scan_command: str = _setting(
        "command that looks at each file of a message before anybody else gets it, as clamdscan --no-summary -; the "
        "file is its input, or its path stands where {} is; it ends with 0 for clean, 1 for infected; empty: none",
        "",
    )
    erasure_journal_folder: str = _setting(
        "folder for a second copy of the journal of erasures, outside of every backup; empty: only in the file store",
        "",
    )
    audit_kept_years: int = _setting("how long the audit is kept; `flask audit prune` removes older", 6)
    metrics_bind: str = _setting(
        "where this process serves its metrics to Prometheus, as 127.0.0.1:9101; empty: nowhere", ""
    )
    metrics_beyond_this_machine: bool = _setting(
        "true: HEP_METRICS_BIND may be an address that other machines reach; anyone who reaches it may read", False
    )
    metrics_and_logs_name: str = _setting("name of this process in its log lines", "web")

    @property
    def media_clinic_bytes(self) -> int:
        return self.media_clinic_megabytes * 10**6

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings; raise SettingsError naming every variable that is missing or cannot be read."""
        source = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        complaints: list[str] = []
        for declared in fields(cls):
            _read_one(declared, source, values, complaints)
        if complaints:
            raise SettingsError("\n".join(complaints))
        return cls(**values)

    def __post_init__(self) -> None:
        object.__setattr__(self, "database_url", with_driver(self.database_url))
        if self.environment not in ("production", "development"):
            raise SettingsError("HEP_ENVIRONMENT must be production or development.")
        if self.push_url and self.environment != "development":
            raise SettingsError("HEP_PUSH_URL is set: pushes would go astray. It is for development only.")
        if self.push_url and not _ORIGIN.fullmatch(self.push_url):
            raise SettingsError(f"HEP_PUSH_URL is an address as http://127.0.0.1:8085; not {self.push_url}.")
        if self.passkey_domain and not _DOMAIN.fullmatch(self.passkey_domain):
            raise SettingsError(f"HEP_PASSKEY_DOMAIN is a domain in small letters, not {self.passkey_domain}.")
        if self.mail_unsubscribe_link and not _START.fullmatch(self.mail_unsubscribe_link):
            raise SettingsError("HEP_MAIL_UNSUBSCRIBE_LINK is the start of an address, as https://host/path/.")
        if wrong := [origin for origin in self.web_origins if not _ORIGIN.fullmatch(origin)]:
            raise SettingsError(f"HEP_WEB_ORIGINS names whole origins, as https://app.clinic.example; not {wrong[0]}.")


def migrations_url(settings: Settings) -> str:
    """Return where the tables are changed: as whom the keeper named for that, else as the app signs in."""
    return with_driver(settings.database_migrator_url) or settings.database_url


def variable_name(setting: str) -> str:
    """Return the environment variable of a setting."""
    return setting.upper() if setting in ("database_url", "redis_url") else f"HEP_{setting.upper()}"


def _read_one(declared: Any, source: Mapping[str, str], values: dict[str, Any], complaints: list[str]) -> None:
    name, reason = variable_name(declared.name), declared.metadata["reason"]
    text = source.get(name)
    if text is None or text == "":
        if declared.default is declared.default_factory:
            complaints.append(f"{name} is not set: {reason}.")
        return
    try:
        values[declared.name] = READERS[declared.type](text)
    except ValueError as error:
        complaints.append(f"{name} cannot be read ({error}): {reason}.")


def with_driver(url: str) -> str:
    """Accept the customary postgres:// and postgresql:// and name the driver we use."""
    for customary in ("postgres://", "postgresql://"):
        if url.startswith(customary):
            return "postgresql+psycopg://" + url[len(customary) :]
    return url
