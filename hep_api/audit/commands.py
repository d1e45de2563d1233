"""`flask audit ...`: prove the audit, keep its heads, prune what is older than it is kept."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from hep_api.audit import heads, notes, pruning
from hep_api.audit.chain import Link
from hep_api.audit.heads import Chain
from hep_api.audit.verifying import Verification
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.settings import Settings
from hep_api.foundation.tenancy import acting_for

MOST_FINDINGS_SHOWN = 200
HEAD = re.compile(r"(\d{1,18}):([0-9a-f]{64})")

audit = AppGroup("audit", help="Who did what to whom.")
of_clinic = click.option("--clinic", "slug", help="Only this clinic, by its short name; - for the installation's own.")


@audit.command("verify")
@of_clinic
@click.option("--head", help="Head of --clinic's chain that you kept, as SEQ:HASH.")
@click.option("--heads", "file", type=click.Path(exists=True, path_type=Path), help="What `flask audit head` printed.")
def verify(slug: str | None, head: str | None, file: Path | None) -> None:
    """Name every row that was changed, removed or put elsewhere; exit 1 when there is one."""
    if head is not None and slug is None:
        raise click.UsageError("--head needs --clinic.")
    kept = _read_heads(file.read_text() if file else "")
    if head is not None and slug is not None:
        kept.setdefault(slug, []).append(_read_head(head))
    chains = list(_chains(slug))
    bad = [chain for chain in chains if not _verify(chain, kept.get(chain.slug, []))]
    names = {chain.slug for chain in chains}
    lost = sorted(name for name in kept if slug is None and name not in names)
    for name in lost:
        click.echo(f"{name} is missing: heads were kept of it, and no clinic is called so")
    if bad or lost:
        raise SystemExit(1)


@audit.command("head")
@of_clinic
def head(slug: str | None) -> None:
    """Print each chain's head. Keep it where whoever runs the database cannot reach it, and verify against it."""
    chains = list(_chains(slug))
    with transaction() as session:
        lines = [_line(chain, heads.head_of(session, chain)) for chain in chains]
        # Written after they were read: once this is on the disk, they are.
        notes.note(session, "audit.heads_taken")
    for line in lines:
        click.echo(line)


@audit.command("prune")
@of_clinic
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
def prune(slug: str | None, dry_run: bool) -> None:  # noqa: FBT001 - the command line's flag
    """Remove what is older than HEP_AUDIT_KEPT_YEARS, as the role of HEP_DATABASE_MIGRATOR_URL."""
    settings: Settings = current_app.extensions["hep_settings"]
    before = _kept_from()
    names = {chain.clinic_id: chain.slug for chain in _chains(slug)}
    try:
        pruned = pruning.prune(settings, list(names), before, only_count=dry_run)
    except pruning.MayNotPrune:
        raise click.ClickException("This role may not: set HEP_DATABASE_MIGRATOR_URL.") from None
    for each in pruned:
        if each.rows:
            click.echo(f"{names[each.clinic_id]} {each.rows} rows from before {before:%Y-%m-%d}")
    click.echo("Nothing was removed." if dry_run or not any(each.rows for each in pruned) else "They are gone.")


def _verify(chain: Chain, kept: list[Link]) -> bool:
    with transaction() as session, acting_for(session, chain.clinic_id):
        verification = Verification(session, chain.clinic_id, kept, _kept_from())
        count = 0
        for finding in verification.findings():
            count += 1
            if count <= MOST_FINDINGS_SHOWN:
                click.echo(f"{chain.slug} {finding}")
    if count > MOST_FINDINGS_SHOWN:
        click.echo(f"{chain.slug} and {count - MOST_FINDINGS_SHOWN} more")
    if verification.start.seq:
        click.echo(f"{chain.slug} rows 1 to {verification.start.seq} were pruned")
    click.echo(f"{chain.slug} {verification.rows} rows, {count or 'nothing'} wrong, head {verification.last}")
    return count == 0


def _kept_from() -> datetime:
    """Return the instant from which on rows are kept."""
    settings: Settings = current_app.extensions["hep_settings"]
    now = clock.now()
    return now.replace(year=now.year - settings.audit_kept_years, day=min(now.day, 28))


def _line(chain: Chain, head: Link) -> str:
    return f"{chain.slug} {head}" + (f" {head.at.isoformat()}" if head.at else "")


def _chains(slug: str | None) -> Iterator[Chain]:
    with transaction() as session:
        found = [chain for chain in heads.list_chains(session) if slug in (None, chain.slug)]
    if not found:
        raise click.ClickException("No clinic has this short name.")
    yield from found


def _read_heads(text: str) -> dict[str, list[Link]]:
    kept: dict[str, list[Link]] = {}
    for line in text.splitlines():
        slug, _, place = line.strip().partition(" ")
        if slug:
            kept.setdefault(slug, []).append(_read_head(place))
    return kept


def _read_head(place: str) -> Link:
    link, _, at = place.strip().partition(" ")
    found = HEAD.fullmatch(link)
    try:
        written_at = datetime.fromisoformat(at) if at else None
    except ValueError:
        found = None
    if found is None:
        raise click.UsageError(f"A head is SEQ:HASH, and {place!r} is not.")
    return Link(int(found[1]), bytes.fromhex(found[2]), written_at)
