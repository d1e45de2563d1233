"""The story of `make demo`, in order: a plan reaches the phone, the exercises come back, the clinic sees them, a second
plan comes from a protocol, and both sides talk. Each chapter stands in a file of its own.
"""

from demo.chapters import following, inviting, leading, prescribing, seeing, talking, uploading
from demo.stage import Stage

CHAPTERS = (
    inviting.play,
    leading.look_before,
    prescribing.play,
    uploading.play,
    seeing.play,
    following.play,
    talking.play,
    leading.play,
)


def play(stage: Stage) -> None:
    """Play all chapters; raise Mismatch at the first answer that is not the story's."""
    try:
        for chapter in CHAPTERS:
            chapter(stage)
    finally:
        for person in (stage.practitioner, stage.patient, stage.leader):
            person.close()
