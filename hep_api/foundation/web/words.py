"""What each door does, in a sentence: the first of its docstring, which is also its summary in the contract."""

from flask import current_app

SENTENCES = "hep_sentences"


def words_of(action: str) -> str:
    """Return what an action of the audit means to a person."""
    if SENTENCES not in current_app.extensions:
        current_app.extensions[SENTENCES] = _sentences()
    found: dict[str, str] = current_app.extensions[SENTENCES]
    return found.get(action) or action.replace(".", " ").replace("_", " ").capitalize() + "."


def _sentences() -> dict[str, str]:
    views = {view.__name__: view.__doc__ or "" for view in current_app.view_functions.values()}
    switchboard = current_app.extensions["hep_realtime"].switchboard
    commands = {name: command.words for name, command in switchboard.commands.items()}
    first_lines = {name: words.strip().partition("\n")[0] for name, words in (views | commands).items()}
    # What follows a semicolon is for who writes an app.
    plain = {name: line.replace("`", "").partition(";")[0] for name, line in first_lines.items() if line}
    return {name: line if line.endswith(".") else f"{line}." for name, line in plain.items()}
