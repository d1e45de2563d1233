"""Results as tables and sentences of Markdown."""

from collections.abc import Mapping, Sequence

from development.figures.told import Run, Told


def torture(run: Run) -> str:
    """Return a table with a line for each proof, and what it ran on."""
    lines = ["| | proof | value | goal | broken builds caught | seconds | |", "|---|---|---|---|---|---|---|"]
    for each in run.results:
        caught, tried = each.bites
        seconds = each.figures.get("seconds")
        lines.append(
            f"| {each.id} | {each.name} | **{each.value:g}** | {each.goal_in_words} | {caught} of {tried} |"
            f" {'' if seconds is None else f'{seconds:.0f}'} | {'kept' if each.is_ok else '**not kept**'} |"
        )
    return "\n".join([*lines, "", _machine(run)])


def bench(run: Run) -> str:
    """Return a table with a line for each figure, held beside what, and what it ran on."""
    lines = [
        "| | operation | goal | median (least to most) | CPU ms: server + PostgreSQL | beside | |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += (
        f"| {each.id} | {each.name} | {each.goal_in_words} | **{number(each.value)}** {_spread(each)} |"
        f" {_cpu(each.figures)} | {_beside(each)} | {_verdict(each)} |"
        for each in run.results
    )
    return "\n".join([*lines, "", _machine(run)])


def number(value: float) -> str:
    """Return three digits that count, at most two of them after the point; nothing after it for 0."""
    return (
        "0"
        if value == 0
        else f"{value:.0f}"
        if abs(value) >= 100
        else f"{value:.1f}"
        if abs(value) >= 10
        else f"{value:.2f}"
    )


def _spread(each: Told) -> str:
    found: Mapping[str, float] = each.figures["ratio"]
    if found["min"] == found["max"]:
        return ""
    return f"({number(found['min'])} to {number(found['max'])})"


def _cpu(figures: Mapping[str, float]) -> str:
    if "server_cpu_ms" not in figures:
        return ""
    return f"{number(figures['server_cpu_ms'])} + {number(figures['database_cpu_ms'])}"


def _beside(each: Told) -> str:
    beside = each.figures.get("beside")
    return f"{beside['name']}: {_cpu(beside)}" if beside else ""


def _verdict(each: Told) -> str:
    return "" if each.goal is None else "reached" if each.is_ok else "**missed**"


def _machine(run: Run) -> str:
    """Say what a run was taken on; a machine that was busy with others is told of."""
    machine = run.machine
    words: Sequence[str] = (
        f"{machine['system']}, {machine['cores']} cores, Python {machine['python']}, seed {run.seed}",
        f"{machine['seconds'] / 60:.0f} minutes" if "seconds" in machine else "",
        f"load at the start {machine['load_at_start']:.1f}" if "load_at_start" in machine else "",
    )
    told = f"Taken on {', '.join(word for word in words if word)}."
    return f"{told} {machine['warning']}" if machine.get("warning") else told
