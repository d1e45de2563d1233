"""Results as tables and sentences of Markdown."""

from collections.abc import Iterator, Mapping, Sequence

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
        f"| {each.id} | {each.name} | {each.goal_in_words} | **{_number(each.value)}** {_spread(each)} |"
        f" {_cpu(each.figures)} | {_beside(each)} | {_verdict(each)} |"
        for each in run.results
    )
    return "\n".join([*lines, "", _machine(run)])


def summary(runs: Mapping[str, Run]) -> str:
    """Return in a few lines what was kept and reached of all that is promised, and what was missed."""
    return "\n".join(f"- {line}" for name, run in runs.items() for line in _SUMMARIES[name](run))


def _of_torture(run: Run) -> Iterator[str]:
    kept = [each for each in run.results if each.is_ok]
    caught, tried = (sum(each.bites[place] for each in run.results) for place in (0, 1))
    yield (
        f"**{len(kept)} of {len(run.results)} promises kept under fault and attack**"
        f" ([`make torture`](docs/torture.md)); {caught} of {tried} broken builds caught:"
        f" {'; '.join(f'{each.id} {each.name}: **{each.value:g}**' for each in run.results)}."
    )
    if broken := [f"{each.id} {each.name}" for each in run.results if not each.is_ok]:
        yield f"Not kept: {'; '.join(broken)}."


def _of_bench(run: Run) -> Iterator[str]:
    held = [each for each in run.results if each.goal is not None]
    reached = [each for each in held if each.is_ok]
    yield (
        f"**{len(reached)} of {len(held)} goals of speed reached** ([`make bench`](docs/performance.md)):"
        f" {'; '.join(_in_words(each) for each in reached)}."
    )
    if missed := [_in_words(each) for each in held if not each.is_ok]:
        yield f"Missed, [and why](docs/performance.md): {'; '.join(missed)}."


_SUMMARIES = {"torture": _of_torture, "bench": _of_bench}


def _in_words(each: Told) -> str:
    return f"{each.id} {each.name} **{_number(each.value)}** ({each.goal_in_words})"


def _number(value: float) -> str:
    """Return three digits that count, at most two of them after the point."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _spread(each: Told) -> str:
    found: Mapping[str, float] = each.figures["ratio"]
    if found["min"] == found["max"]:
        return ""
    return f"({_number(found['min'])} to {_number(found['max'])})"


def _cpu(figures: Mapping[str, float]) -> str:
    if "server_cpu_ms" not in figures:
        return ""
    return f"{_number(figures['server_cpu_ms'])} + {_number(figures['database_cpu_ms'])}"


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
