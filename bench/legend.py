"""What each side of a comparison does that the other does not; a ratio says little without it."""

LEGEND = {
    "S1": (
        "The product knows the token, the sign-in, the member and the right to the patient anew each time, acts for one"
        " clinic under row-level security, asks for the state and keeps a record of the access. The bare view reads one"
        " row by its primary key, for anyone. `today` is remembered by the process while nothing changes;"
        " `made anew` is not."
    ),
    "S2": (
        "The product judges each of 100 items by the plan, adds them, counts the touched weeks anew, leaves a job and a"
        " record. The bare side writes 100 ready rows of the same shape, with the same indexes, in a transaction."
    ),
    "S3": (
        "The product proves sign-in, membership and right, numbers, refuses repeats, counts what is unread, starts the"
        " clock of answers, tells the phones' jobs and chains a record. B0 is stock Flask-SocketIO: one INSERT, for"
        " anyone, then the same two deliveries and acknowledgement. The layers echo; a raw WebSocket has no events or"
        " checks."
    ),
    "S4": (
        "All sides give the figures of the same patients. From raw events is what the product does for an earlier"
        " instant; the mean alone is one statement that knows no pauses, versions, slots or zones."
    ),
    "S5": "The product looks up sign-in and member at each connect, and joins rooms; stock Flask-SocketIO nobody.",
    "S6": "Both sides are the product: through the queue to another process, or within one process without a queue.",
}
