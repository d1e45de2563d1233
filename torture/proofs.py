"""The proofs by id, in the order in which they are run."""

from torture.matrix.proof import R3
from torture.proof import Proof

PROOFS: dict[str, Proof] = {proof.id: proof for proof in (R3,)}
