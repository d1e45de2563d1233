"""R12: every requirement of OWASP ASVS, levels 1 and 2, and every row of 45 CFR 164.312 is answered by what is there.

Whether the tests that are named pass is for `make test` to say; here each has to exist, as has every setting and file.
"""

import importlib
from collections import Counter
from collections.abc import Iterator

from development import asvs
from development.asvs import FOREIGN_CHAPTERS, LEVELS, Requirement
from tests.security import named, test_hipaa
from torture.proof import Order, Outcome, Proof
from torture.stage import Stage

# As OWASP has them outside of OAuth and WebRTC, which the product is not.
APPLICABLE = 217


def prove(_: Stage, order: Order) -> Outcome:
    """Read the evidence, and look for all that it names."""
    written = _written(order.broken)
    own = [requirement for requirement in written if requirement.chapter not in FOREIGN_CHAPTERS]
    asked = [identifier for identifier, level in asvs.levels().items() if level in LEVELS]
    answered = {requirement.id for requirement in written}
    complaints = [f"ASVS {identifier} is not answered" for identifier in asked if identifier not in answered]
    complaints += [complaint for requirement in written for complaint in _unfounded(requirement)]
    complaints += _of_the_rule()
    if len(own) != APPLICABLE:
        complaints.append(f"{len(own)} requirements are called applicable, and not {APPLICABLE}")
    figures = {
        "requirements": len(written),
        "applicable": len(own),
        **Counter(requirement.status.replace(" ", "_") for requirement in own),
        "tests_named": len({test for requirement in written for test in requirement.tests}),
        "rows_of_164_312": len(test_hipaa.rows()),
    }
    return Outcome(len(complaints), figures, complaints)


def _written(broken: str) -> list[Requirement]:
    present = asvs.chapters
    try:
        if broken:
            importlib.import_module(f"torture.broken.{broken}").do()
        return [requirement for chapter in asvs.chapters() for requirement in chapter.requirements]
    finally:
        asvs.chapters = present


def _unfounded(requirement: Requirement) -> Iterator[str]:
    missing = [
        *(test for test in requirement.tests if not named.is_test(test)),
        *(setting for setting in requirement.settings if setting not in named.settings()),
        *(document for document in requirement.documents if not (named.ROOT / document).is_file()),
    ]
    yield from (f"ASVS {requirement.id} names {name}, which is not there" for name in missing)
    shown = requirement.tests + requirement.settings + requirement.documents
    if not (shown or requirement.reason or requirement.missing):
        yield f"ASVS {requirement.id} is {requirement.status} by nothing"


def _of_the_rule() -> Iterator[str]:
    present = {section: cells[1] for section, cells in test_hipaa.rows().items()}
    if present != test_hipaa.RULE:
        yield "164.312 is not answered row by row"
    yield from (f"164.312 names {name}, which is not there" for name in named.missing_from(test_hipaa.DOCUMENT))


R12 = Proof(
    id="R12",
    name="every requirement of OWASP ASVS 5.0 levels 1 and 2 and of HIPAA 164.312 is answered by what is there",
    prove=prove,
    broken=("evidence_names_nothing", "evidence_leaves_out", "evidence_without_reason"),
)
