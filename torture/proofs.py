"""The proofs by id, in the order in which they are run."""

from torture.audit.proof import R13
from torture.chat.proof import R1
from torture.evidence.proof import R12
from torture.load.proof import R9
from torture.malformed.proof import R4
from torture.matrix.proof import R3
from torture.outages.proof import R8
from torture.phones.proof import R2
from torture.proof import Proof
from torture.pushes.proof import R7
from torture.recovery.proof import R10
from torture.refreshing.proof import R6
from torture.revoking.proof import R5
from torture.rights.proof import R11

PROOFS: dict[str, Proof] = {proof.id: proof for proof in (R1, R2, R3, R4, R5, R6, R7, R8, R9, R10, R11, R12, R13)}
