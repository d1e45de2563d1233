"""The handout in English."""

from hep_api.integrations.handouts.phrases.phrasebook import Phrasebook

ENGLISH = Phrasebook(
    title="Your home exercises",
    for_whom="For {name}",
    printed_on="Made on {date}",
    practitioner="Your practitioner: {name}",
    questions="Questions, or does something hurt? Call us:",
    open_app="Open in the app",
    open_app_hint="Hold your phone's camera over the code.",
    nothing="No exercises are planned for these dates.",
    how_to="How to do it",
    as_above="Pictures and steps are above.",
    cues="Keep in mind",
    precautions="Take care",
    note="Note:",
    from_day="From {date}",
    from_day_of="From {date}:",
    until_day="Until {date}:",
    table="Tick off what you have done",
    table_hint="Tick one box each time you do the exercise.",
    of_week="Week {dates}",
    exercise="Exercise",
    to_do="to do",
    not_due="nothing due",
    paused="pause",
    this_week="on days you choose:",
    as_needed="as needed; make a mark each time:",
    boxes="{n} to do",
)
