"""The only place where all parts meet: settings in, a Flask app out."""

import os
import sys
from collections.abc import Mapping
from datetime import timedelta

from flask import Flask

from hep_api.accounts import jobs as accounts_jobs
from hep_api.accounts.firebase import load_firebase
from hep_api.accounts.letters import SEND_LETTER
from hep_api.accounts.means import load_means
from hep_api.accounts.passwords import load_passwords
from hep_api.accounts.routes import firebase as firebase_links
from hep_api.accounts.routes import keys as key_routes
from hep_api.accounts.routes import passkeys, second_factors, step_up
from hep_api.accounts.routes import passwords as password_routes
from hep_api.accounts.routes import tokens as token_routes
from hep_api.accounts.step_up import refuse_owing
from hep_api.accounts.tokens import load_tokens
from hep_api.adherence import jobs as adherence_jobs
from hep_api.adherence.actions import suggesting
from hep_api.adherence.queries.known import event_exists_for
from hep_api.adherence.queries.missed import missed_days
from hep_api.adherence.routes import events, figures, groups, suggestions, today
from hep_api.audit import jobs as audit_jobs
from hep_api.audit import notes
from hep_api.audit.refusals import keeper_of_refusals
from hep_api.belongings import BELONGINGS
from hep_api.clinics import connections
from hep_api.clinics import jobs as clinics_jobs
from hep_api.clinics.access import recall_actor, recognise_viewer, remembered_viewer
from hep_api.clinics.languages import languages_of_account
from hep_api.clinics.queries.entrance import list_names_of
from hep_api.clinics.routes import (
    accesses,
    care_teams,
    clinics,
    covers,
    emergencies,
    entrance,
    invitations,
    members,
    patients,
    sign_ins,
)
from hep_api.clinics.routes import firebase as firebase_sign_ins
from hep_api.clinics.routes import second_factors as lost_second_factors
from hep_api.commands import known_revisions, register_commands
from hep_api.foundation import clock, health
from hep_api.foundation.api_docs.routes import pages
from hep_api.foundation.database import Database
from hep_api.foundation.files import routes as files
from hep_api.foundation.files.links import Links
from hep_api.foundation.files.store import load_files
from hep_api.foundation.foreseeing import refuse_unforeseen
from hep_api.foundation.jobs import measures as job_measures
from hep_api.foundation.jobs import pruning
from hep_api.foundation.jobs.work import Work
from hep_api.foundation.last_words import guard_last_words
from hep_api.foundation.logs import configure_logs
from hep_api.foundation.mail import folder as mail_folder
from hep_api.foundation.mail.mailer import load_mailer
from hep_api.foundation.media.ffmpeg import tell_if_missing
from hep_api.foundation.media.scanning import Scanner, tell_if_not_found
from hep_api.foundation.metrics.addresses import load_address
from hep_api.foundation.occasions import Witness
from hep_api.foundation.realtime.commands import SocketDoor
from hep_api.foundation.realtime.gateway import Gateway
from hep_api.foundation.realtime.switchboard import Reception
from hep_api.foundation.settings import Settings, SettingsError
from hep_api.foundation.uploads.claiming import Taker
from hep_api.foundation.web.addresses import behind_proxies
from hep_api.foundation.web.doors import Recognition, Routes
from hep_api.foundation.web.policy import refuse_undeclared_routes
from hep_api.foundation.web.setup import make_web
from hep_api.insights import jobs as insights_jobs
from hep_api.insights.routes import attention, morning, response_times
from hep_api.integrations.calendars import routes as calendars
from hep_api.integrations.handouts import routes as handouts
from hep_api.integrations.progress_reports import routes as progress_reports
from hep_api.library import jobs as library_jobs
from hep_api.library.queries.media import bytes_taken as bytes_taken_by_media
from hep_api.library.routes import drawings, exercises, favourites, importing, searching, templates, translations
from hep_api.library.routes import media as library_media
from hep_api.library.routes import uploads as library_uploads
from hep_api.messaging import anchors
from hep_api.messaging import doors as messaging
from hep_api.messaging import measures as messaging_measures
from hep_api.messaging.models.messages import AboutKind
from hep_api.messaging.queries.attachments import bytes_taken as bytes_taken_by_attachments
from hep_api.messaging.queries.emergencies import emergency_about
from hep_api.messaging.queries.flags import flag_exists_for
from hep_api.notifications import doors as notifications
from hep_api.notifications import measures as notification_measures
from hep_api.notifications.delivery.carriers import load_carriers
from hep_api.notifications.delivery.vapid import load_browsers
from hep_api.notifications.here import HERE, TOPIC
from hep_api.plans.routes import calendar, comparing, drafts, goals, laying_out, offline, pauses, plans, revisions
from hep_api.plans.routes import media as plan_media
from hep_api.reactions import FORESIGHTS, REACTIONS
from hep_api.rights import jobs as rights_jobs
from hep_api.rights.routes import erasures, exports, holds
from hep_api.sync import routes as pulling

ROUTES: tuple[Routes, ...] = (
    health.routes,
    files.routes,
    key_routes.routes,
    token_routes.routes,
    entrance.routes,
    invitations.routes,
    firebase_sign_ins.routes,
    firebase_links.routes,
    password_routes.routes,
    second_factors.routes,
    passkeys.routes,
    step_up.routes,
    sign_ins.routes,
    clinics.routes,
    members.routes,
    patients.routes,
    care_teams.routes,
    covers.routes,
    lost_second_factors.routes,
    emergencies.routes,
    accesses.routes,
    exports.routes,
    erasures.routes,
    holds.routes,
    searching.routes,
    favourites.routes,
    exercises.routes,
    translations.routes,
    importing.routes,
    library_media.routes,
    library_uploads.routes,
    drawings.routes,
    templates.routes,
    plans.routes,
    goals.routes,
    revisions.routes,
    comparing.routes,
    drafts.routes,
    laying_out.routes,
    pauses.routes,
    calendar.routes,
    offline.routes,
    pulling.routes,
    plan_media.routes,
    *messaging.ROUTES,
    events.routes,
    today.routes,
    figures.routes,
    groups.routes,
    suggestions.routes,
    attention.routes,
    morning.routes,
    response_times.routes,
    *notifications.ROUTES,
    handouts.routes,
    progress_reports.routes,
    calendars.routes,
)

# Socket.IO doors.
DOORS: tuple[SocketDoor, ...] = messaging.DOORS
# What a message may be about: whether a patient has it.
ANCHORS: anchors.Anchors = {
    AboutKind.PRESCRIPTION: anchors.has_prescription,
    AboutKind.EVENT: event_exists_for,
    AboutKind.FLAG: flag_exists_for,
    AboutKind.PLAN_REVISION: anchors.has_plan_revision,
}

# What takes of a clinic's room for files.
ROOM_TAKERS: tuple[Taker, ...] = (bytes_taken_by_media, bytes_taken_by_attachments)

# Background doors: kind of job -> what runs it.
JOBS: Mapping[str, Work] = {
    "jobs.prune_finished": pruning.prune_finished_jobs,
    mail_folder.REMOVE_OLD: mail_folder.remove_old_letters,
    "accounts.prune_sign_ins": accounts_jobs.prune_sign_ins,
    SEND_LETTER: accounts_jobs.send_letter,
    audit_jobs.LOG_HEADS: audit_jobs.log_heads,
    adherence_jobs.EXTEND_HORIZON: adherence_jobs.extend_horizon,
    adherence_jobs.SWEEP_SUGGESTIONS: adherence_jobs.sweep_suggestions,
    suggesting.SUGGEST: adherence_jobs.suggest_doses,
    **clinics_jobs.JOBS,
    **insights_jobs.JOBS,
    **rights_jobs.JOBS,
    **library_jobs.JOBS,
    **messaging.JOBS,
    **notifications.JOBS,
}
# Kinds that come again, with an empty payload, once in each interval.
RECURRING: Mapping[str, timedelta] = {
    "jobs.prune_finished": timedelta(days=1),
    mail_folder.REMOVE_OLD: timedelta(days=1),
    "accounts.prune_sign_ins": timedelta(days=1),
    audit_jobs.LOG_HEADS: timedelta(days=1),
    adherence_jobs.EXTEND_HORIZON: timedelta(days=1),
    adherence_jobs.SWEEP_SUGGESTIONS: timedelta(days=1),
    rights_jobs.EXPIRED: timedelta(days=1),
    **insights_jobs.RECURRING,
    **library_jobs.RECURRING,
    **messaging.RECURRING,
    **notifications.RECURRING,
}
# What a worker asks the database for metrics, by name: what each number means.
MEASURES: Mapping[str, str] = {
    **job_measures.MEASURES,
    **messaging_measures.MEASURES,
    **notification_measures.MEASURES,
}


def create_app(settings: Settings) -> Flask:
    """Build the app; it refuses to start on wrong settings or on a door that does not say who may use it."""
    configure_logs(settings.metrics_and_logs_name)
    app = Flask("hep_api", static_folder=None)
    app.extensions["hep_settings"] = settings
    app.extensions["hep_database"] = Database(settings, REACTIONS, before_commit=(notes.write,))
    refuse_unforeseen(REACTIONS, FORESIGHTS)
    app.extensions["hep_foresights"] = FORESIGHTS
    app.extensions["hep_witness"] = Witness(keeper_of_refusals(recall_actor))
    _furnish(app, settings)
    api = make_web(app, settings)
    for routes in ROUTES:
        api.register_blueprint(routes)
    app.register_blueprint(pages)
    app.extensions["hep_openapi"] = api
    app.extensions["hep_anchors"] = ANCHORS
    app.extensions["hep_emergencies"] = emergency_about
    app.extensions["hep_missed_days"] = missed_days
    app.extensions["hep_room_takers"] = ROOM_TAKERS
    app.extensions["hep_rights"] = BELONGINGS
    app.extensions["hep_health"] = health.Health(known_revisions)
    app.extensions["hep_jobs"] = JOBS
    app.extensions["hep_recurring"] = RECURRING
    app.extensions["hep_measures"] = MEASURES
    Gateway(
        app,
        DOORS,
        Reception(connections.names_of, connections.list_ended),
        engine=app.extensions["hep_database"].engine,
        redis_url=settings.redis_url,
        channel=f"{settings.token_issuer}:realtime",
        origins=settings.web_origins,
        listeners={TOPIC: HERE.hear},
    )
    app.wsgi_app = behind_proxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign,assignment]
    register_commands(app)
    refuse_undeclared_routes(app)
    return app


def _furnish(app: Flask, settings: Settings) -> None:
    """Give the app what its doors work with, made from the settings."""
    tokens = load_tokens(settings)
    app.extensions["hep_tokens"] = tokens
    app.extensions["hep_firebase"] = load_firebase(settings)
    app.extensions["hep_passwords"] = load_passwords(settings)
    app.extensions["hep_means"] = load_means(settings)
    app.extensions["hep_mailer"] = load_mailer(settings)
    app.extensions["hep_metrics_at"] = load_address(settings)
    browsers = app.extensions["hep_browsers"] = load_browsers(settings)
    app.extensions["hep_carriers"] = load_carriers(settings, browsers)
    app.extensions["hep_names_of"] = list_names_of
    app.extensions["hep_languages_of"] = languages_of_account
    kept = app.extensions["hep_files"] = load_files(settings)
    app.extensions["hep_scanner"] = Scanner.load(settings.scan_command)
    shown_for = timedelta(seconds=settings.media_link_seconds)
    app.extensions["hep_file_links"] = Links(kept, settings.token_keys_folder, shown_for)
    app.extensions["hep_recognition"] = Recognition(
        lambda token: tokens.read(token, clock.now()), recognise_viewer, refuse_owing, remembered_viewer
    )


def create_app_from_environment() -> Flask:
    """Build the app for a server or a command from the environment's variables."""
    try:
        app = create_app(Settings.from_environment(os.environ))
    except SettingsError as error:
        # Said to a person, who has no use for a traceback.
        sys.exit(str(error))
    guard_last_words()
    tell_if_missing(app.extensions["hep_settings"].ffmpeg)
    tell_if_not_found(app.extensions["hep_settings"].scan_command)
    return app
