"""`python -m torture.wire FOLDER SERVER_FOLDER MARKER`: runs a proxy, and takes orders at a socket in its folder.

An order is one line of JSON on a connection of its own: `{"kill": "before" | "after", "pass": 2}` is answered at once
and by `{"pid": 123}` when it was done, and forgotten when the connection is closed before; `{}` asks how much has
committed.
"""

import asyncio
import json
import re
import sys
from pathlib import Path
from typing import Any

from torture.wire.proxy import Order, Point, Proxy

CONTROL = "control"


async def main(folder: Path, server: Path, marker: str) -> None:
    """Serve until stopped."""
    proxy = Proxy(server, re.compile(marker.encode(), re.IGNORECASE))

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = json.loads(await reader.readline())
        if "kill" in asked:
            await _kill(proxy, asked, reader, writer)
        else:
            _say(writer, {"committed": proxy.committed})
        writer.close()

    listening = await proxy.listen(folder)
    await asyncio.start_unix_server(take, folder / CONTROL)
    await listening.serve_forever()


async def _kill(
    proxy: Proxy, asked: dict[str, Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    def done(pid: int) -> None:
        _say(writer, {"pid": pid})

    order = proxy.order = Order(Point(asked["kill"]), asked["pass"], done)
    _say(writer, {"ordered": True})
    await reader.read()  # until the asker is gone
    if proxy.order is order:
        proxy.order = None


def _say(writer: asyncio.StreamWriter, answer: dict[str, Any]) -> None:
    writer.write(json.dumps(answer).encode() + b"\n")


if __name__ == "__main__":
    folder, server, marker = sys.argv[1:]
    asyncio.run(main(Path(folder), Path(server), marker))
