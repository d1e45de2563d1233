"""Links to the files of messages. Who may have them was decided by whoever loaded them; a PDF's is to save it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import current_app

from hep_api.foundation.files.links import Link, links
from hep_api.foundation.media.keeping import shown_renditions
from hep_api.foundation.media.sniffing import MediaKind
from hep_api.foundation.settings import Settings
from hep_api.messaging.attachments import files as attachment_files
from hep_api.messaging.models.attachments import Attachment


def links_to(attachments: Sequence[Attachment], now: datetime) -> list[dict[str, Any]]:
    """Return `{id, links: [{rendition, url, expires_at}]}` of each; all made at once are cheap."""
    wanted = [(each, name) for each in attachments for name in shown_renditions(each.renditions)]
    shown = [_place(each, name) for each, name in wanted if each.kind is not MediaKind.DOCUMENT]
    settings: Settings = current_app.extensions["hep_settings"]
    made = iter(links().show(shown, now, timedelta(seconds=settings.attachment_link_seconds)))
    found: dict[Any, list[dict[str, Any]]] = {each.id: [] for each in attachments}
    for each, name in wanted:
        link = _to_save(each, name, now) if each.kind is MediaKind.DOCUMENT else next(made)
        found[each.id].append({"rendition": name, "url": link.url, "expires_at": link.expires_at})
    return [{"id": attachment_id, "links": of_one} for attachment_id, of_one in found.items()]


def _to_save(attachment: Attachment, name: str, now: datetime) -> Link:
    path, _ = _place(attachment, name)
    return links().make(path, attachment_files.name_to_save(attachment.name), now)


def _place(attachment: Attachment, name: str) -> tuple[str, str]:
    content_type = attachment.renditions[name]["content_type"]
    return attachment_files.place_of(attachment)(name, content_type), content_type
