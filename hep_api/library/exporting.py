"""What the library holds of a clinic: the exercises that it brought itself. Nothing in it is about a patient."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.clinics.naming import with_names
from hep_api.foundation.sections import Section, columns_of, section
from hep_api.library.models.assets import Asset, ExerciseAsset
from hep_api.library.models.exercises import Exercise, ExerciseLink, ExerciseTranslation
from hep_api.library.models.templates import Template, TemplateVersion


def export_library(session: Session, clinic_id: UUID) -> Iterator[Section]:
    """Yield the clinic's own exercises and its practitioners' drafts, in all languages, and what links them."""
    exercises = select(*columns_of(Exercise, without=("author_id", "content_digest")))
    exercises = exercises.where(Exercise.clinic_id == clinic_id).order_by(Exercise.created_at, Exercise.id)
    yield section(session, "exercises", "Exercises of the clinic's own.", with_names(exercises, Exercise.author_id))
    for name, about, model in (
        ("exercise_translations", "Their texts in further languages.", ExerciseTranslation),
        ("exercise_links", "Which exercise is the harder one or another one for which.", ExerciseLink),
    ):
        columns = columns_of(model)
        rows = select(*columns).where(model.__table__.c.clinic_id == clinic_id).order_by(*columns[:3])
        yield section(session, name, about, rows)
    assets = select(*columns_of(Asset, without=("uploaded_by", "sent_digest"))).where(Asset.clinic_id == clinic_id)
    assets = with_names(assets.order_by(Asset.created_at, Asset.id), Asset.uploaded_by)
    yield section(session, "media", "Pictures and videos: what is said of each. The files lie in the store.", assets)
    shows = select(*columns_of(ExerciseAsset)).where(ExerciseAsset.clinic_id == clinic_id)
    shows = shows.order_by(ExerciseAsset.exercise_id, ExerciseAsset.position)
    yield section(session, "exercise_media", "Which of them show which exercise.", shows)
    yield from _templates(session, clinic_id)


def _templates(session: Session, clinic_id: UUID) -> Iterator[Section]:
    templates = select(*columns_of(Template, without=("author_id", "searched", "sent_digest")))
    templates = templates.where(Template.clinic_id == clinic_id).order_by(Template.created_at, Template.id)
    yield section(session, "templates", "The clinic's protocols.", with_names(templates, Template.author_id))
    versions = select(*columns_of(TemplateVersion, without=("written_by",)))
    versions = versions.where(TemplateVersion.clinic_id == clinic_id)
    versions = versions.order_by(TemplateVersion.template_id, TemplateVersion.version)
    about = "What each of them says, and said before."
    yield section(session, "template_versions", about, with_names(versions, TemplateVersion.written_by))
