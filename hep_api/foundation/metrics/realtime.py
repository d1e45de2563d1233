"""What is counted of live connections: by the names of commands, events and codes, which the program gives."""

from hep_api.foundation.metrics.tallies import Tally, Timing

HANDSHAKES = Tally("hep_handshakes", "WebSockets asked for, by `accepted` or the code of the refusal.", "outcome")
INTRODUCTIONS = Tally("hep_introductions", "Connections that said who they are, by `ok` or the refusal.", "outcome")
COMMANDS = Tally("hep_commands", "Commands answered, by `ok` or the code of the refusal.", "command", "outcome")
TOOK = Timing("hep_command_seconds", "Time from a command to its acknowledgement.", "command")
SHOWN_OUT = Tally(
    "hep_connections_shown_out", "Connections that we closed, by the reason the client is told.", "reason"
)
BROADCASTS = Tally("hep_broadcasts", "Events told to rooms by this process, each once for all of them.", "event")
RESYNCS = Tally("hep_resyncs", "Times that all connections of this process were told to catch up.")
WORDS = Tally("hep_queue_words", "Words to the other processes, `published` by Redis or `lost`.", "outcome")
