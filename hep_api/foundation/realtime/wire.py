"""The two libraries underneath, with their sharp ends taken off: Engine.IO with guarded transports, Socket.IO with
strict packets. What a client says reaches the switchboard as an introduction or a command, and nothing else.
"""

from collections.abc import Callable, Sequence
from typing import Any

import engineio
import socketio
import structlog
from engineio.packet import OPEN, Packet

from hep_api.foundation.errors import Problem
from hep_api.foundation.metrics.realtime import SHOWN_OUT
from hep_api.foundation.realtime import farewells, packets
from hep_api.foundation.realtime.attendance import Attendance
from hep_api.foundation.realtime.farewells import CLOSING, Farewell
from hep_api.foundation.realtime.frames import text_frame
from hep_api.foundation.realtime.limits import Limits
from hep_api.foundation.realtime.lines import Line
from hep_api.foundation.realtime.packets import HOME, Kind
from hep_api.foundation.realtime.switchboard import Switchboard
from hep_api.foundation.realtime.transport import Transport

log = structlog.get_logger(__name__)

UNREADABLE = frozenset({"malformed_packet", "malformed_json"})


class Engine(engineio.Server):  # type: ignore[misc]
    """Engine.IO over guarded WebSockets only. A `line` is one of its connections, named by its id."""

    def __init__(self, limits: Limits, **options: Any) -> None:
        super().__init__(**options)
        self.limits = limits
        self.websockets: set[Transport] = set()
        # There is no public way to give simple-websocket a max_message_size; a test holds this name in place.
        self._async: dict[str, Any] = {**self._async, "websocket": Transport}

    def _handle_connect(self, environ: Any, start_response: Any, *_: Any) -> Any:
        """Do what the library does for a new WebSocket, with a line of ours."""
        if self.start_service_task:
            self.start_service_task: bool = False
            self.service_task_handle = self.start_background_task(self._service_task)
        line = Line(self, self.generate_id())
        self.sockets[line.sid] = line
        about = {"sid": line.sid, "upgrades": [], "maxPayload": self.max_http_buffer_size}
        times = {"pingTimeout": int(self.ping_timeout * 1000), "pingInterval": int(self.ping_interval * 1000)}
        line.send(Packet(OPEN, about | times))
        self._trigger_event("connect", line.sid, environ, run_async=False)
        return line.handle_get_request(environ, start_response)

    def ping(self, now: float) -> None:
        """Ping everyone whose time has come; a line that cannot be pinged is no reason to leave out the next."""
        for line in list(self.sockets.values()):
            try:
                line.ping_if_due(now)
            except Exception as error:  # noqa: BLE001 - it counts as pinged, so it is closed when no answer comes
                log.warning("realtime_ping_failed", error_type=type(error).__name__)

    def forget(self, transport: Transport, line: str) -> None:
        """A WebSocket's end comes as an exception, past the library's own tidying; so it is done here."""
        self.websockets.discard(transport)
        self.sockets.pop(line, None)

    def say(self, line: str, frame: bytes) -> None:
        """Send a frame to a connection, if it is still there."""
        found = self.sockets.get(line)
        if found is not None and not found.closed:
            found.say(frame)

    def is_open(self, line: str) -> bool:
        found = self.sockets.get(line)
        return found is not None and not found.closed

    def hang_up(self, line: str, farewell: Farewell) -> None:
        """Close the transport with the farewell's code, so that the client's own reconnecting starts.

        A Socket.IO DISCONNECT would stop it in every client, an Engine.IO CLOSE (hence `abort`) in python-socketio's.
        """
        found = self.sockets.get(line)
        if found is not None:
            # The closing frame says it, and takes its turn after all that was said before.
            found.farewell = farewell
            SHOWN_OUT.add(farewell.code)
            found.close(wait=False, abort=True, reason=self.reason.SERVER_DISCONNECT)


class Server(socketio.Server):  # type: ignore[misc]
    """Socket.IO with one namespace, `/`, and a switchboard in place of its handlers."""

    def __init__(
        self,
        limits: Limits,
        attendance: Attendance,
        switchboard: Switchboard,
        begin: Callable[[], None],
        **options: Any,
    ) -> None:
        self._limits = limits
        self._attendance = attendance
        self._switchboard = switchboard
        self._begin = begin
        super().__init__(**options)

    def _engineio_server_class(self) -> Any:
        return lambda **options: Engine(self._limits, **options)

    def _handle_eio_connect(self, eio_sid: str, environ: Any) -> None:
        if not self.manager_initialized:
            self._begin()
        super()._handle_eio_connect(eio_sid, {})  # Nobody asks for the environ again, and it is 6 KB a client.
        self._attendance.opened(eio_sid, environ.get("REMOTE_ADDR"))

    def _handle_eio_disconnect(self, eio_sid: str, _reason: str) -> None:
        sid = self.manager.sid_from_eio_sid(eio_sid, HOME)
        if sid is not None:
            self.manager.disconnect(sid, HOME, ignore_queue=True)
        self.environ.pop(eio_sid, None)
        self._attendance.closed(eio_sid)

    def _handle_eio_message(self, eio_sid: str, data: Any) -> None:
        packet = packets.read(data)
        if packet is None:
            log.info("realtime_packet_refused", reason="malformed")
            self.eio.hang_up(eio_sid, farewells.MALFORMED)
        elif packet.kind is Kind.CONNECT:
            self._introduce(eio_sid, packet)
        elif packet.namespace != HOME:
            pass  # Nobody was let in there, so there is nobody to answer.
        elif packet.kind is Kind.DISCONNECT:
            self._leave(eio_sid)
        elif packet.kind is Kind.EVENT:
            self._answer(eio_sid, packet)
        # We never ask for an acknowledgement, and a client has no errors to report: ACK and CONNECT_ERROR say nothing.

    def tell(self, event: str, payload: Any, rooms: Sequence[str] | None = None) -> None:
        """Send an event to everyone in the rooms, or to all, as one frame that is made once."""
        frame = text_frame(packets.write(Kind.EVENT, [event, payload]))
        for _, line in self.manager.get_participants(HOME, rooms):
            self.eio.say(line, frame)

    def show_out(self, line: str, farewell: Farewell) -> None:
        """Tell whoever was let in why the connection is closed, and close it."""
        if self._attendance.caller(line) is not None:
            said = CLOSING.dumper.dump(farewell)
            self._say(line, Kind.EVENT, [CLOSING.event, said])
        self.eio.hang_up(line, farewell)

    def _introduce(self, line: str, packet: packets.Packet) -> None:
        problem = self._admit(line, packet)
        if problem is not None:
            said = {"message": problem.code, "data": problem.as_json()}
            self._say(line, Kind.CONNECT_ERROR, said, packet.namespace)

    def _admit(self, line: str, packet: packets.Packet) -> Problem | None:
        if packet.namespace != HOME:
            return Problem("unknown_namespace", 404, "There is one namespace, /.")
        sid = self.manager.pre_connect(line, HOME)
        if sid is None:
            return Problem("already_connected", 409, "This connection is already introduced.")
        answer = self._switchboard.introduce(line, packet, self._is_crowded)
        if isinstance(answer, Problem) or not self.eio.is_open(line):
            self.manager.disconnect(sid, HOME, ignore_queue=True)
        if not self.eio.is_open(line):
            # It went while the database was asked; `closed` came too early to find it.
            self._attendance.closed(line)
            return None
        if isinstance(answer, Problem):
            return answer
        for room in answer.names:
            self.manager.enter_room(sid, HOME, room)
        self._say(line, Kind.CONNECT, {"sid": sid})
        self.manager.connect(sid, HOME)
        return None

    def _is_crowded(self, room: str) -> bool:
        people = self.manager.rooms.get(HOME, {}).get(room, ())
        return len(people) >= self._limits.connections_of_one_holder

    def _leave(self, line: str) -> None:
        sid = self.manager.sid_from_eio_sid(line, HOME)
        if sid is not None:
            self.manager.disconnect(sid, HOME, ignore_queue=True)
            self._attendance.left(line)

    def _answer(self, line: str, packet: packets.Packet) -> None:
        acknowledged = self._switchboard.answer(line, packet)
        if packet.ack_id is not None:
            self._say(line, Kind.ACK, [acknowledged], ack_id=packet.ack_id)
        elif acknowledged.get("code") in UNREADABLE:
            # Nobody asked to be told what is wrong with it, so there is no other way to say it.
            self.eio.hang_up(line, farewells.MALFORMED)

    def _say(self, line: str, kind: Kind, data: Any, namespace: str = HOME, ack_id: int | None = None) -> None:
        self.eio.say(line, text_frame(packets.write(kind, data, namespace, ack_id)))
