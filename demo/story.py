"""The story of `make demo`, in order: a plan reaches the phone, the exercises come back, two phones keep in step, the
clinic sees them and reports on them, a second plan comes from a protocol, both sides talk, the patient is asked and
answers, writes while it is closed, phones ring, and the practitioner sees who needs attention. Each chapter stands in a
file of its own.
"""

from demo.chapters import (
    answering,
    attending,
    checking_in,
    flagging,
    following,
    inviting,
    keeping_in_step,
    leading,
    prescribing,
    reporting,
    ringing,
    seeing,
    talking,
    uploading,
)
from demo.stage import Stage

CHAPTERS = (
    inviting.play,
    leading.look_before,
    prescribing.play,
    uploading.play,
    keeping_in_step.play,
    seeing.play,
    reporting.play,
    following.play,
    talking.play,
    checking_in.play,
    answering.play,
    flagging.play,
    ringing.play,
    attending.play,
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
