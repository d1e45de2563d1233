"""The TypeScript client of clients/typescript, built into build/clients: its types come from openapi.yaml.

It is built once for each state of its sources, of the contract and of Node's packages. `python -m
development.typescript` is `make clients`: it builds, runs the client's own tests, and packs what an app installs.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from development import node
from development.places import CHECKOUT
from development.trouble import Trouble

SOURCES = CHECKOUT / "clients" / "typescript"
BUILT = CHECKOUT / "build" / "clients" / "typescript"
CONTRACT = CHECKOUT / "openapi.yaml"
# Written by the build and kept out of the repository, so that it cannot differ from the contract.
TYPES = SOURCES / "src" / "contract.d.ts"
PATIENCE_MS = 60_000


def main() -> int:
    """Build, test and pack the client; return the exit code."""
    try:
        built = build()
        print(f"Built {built}.")
        tested = run_tests(built)
        print(tested.stdout, end="")
        if tested.returncode != 0:
            return 1
        print(f"Packed {pack(built)}.")
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


def build() -> Path:
    """Return the folder of the built client, built anew if anything that goes into it has changed."""
    packages = node.packages()
    BUILT.parent.mkdir(parents=True, exist_ok=True)
    stamp = BUILT / ".built"
    with (BUILT.parent / ".lock").open("w") as lock:
        # Several test processes may ask at the same time.
        fcntl.flock(lock, fcntl.LOCK_EX)
        state = _state()
        if not stamp.exists() or stamp.read_text() != state:
            shutil.rmtree(BUILT, ignore_errors=True)
            _build(packages)
            stamp.write_text(state)
    return BUILT


def run_tests(built: Path) -> "subprocess.CompletedProcess[str]":
    """Run the client's own tests to their end, all in one process; return what Node's runner printed."""
    tests = sorted((built / "tests").glob("*.test.js"))
    return subprocess.run(
        [node.find_node(), "--test", "--test-isolation=none", f"--test-timeout={PATIENCE_MS}", *tests],
        cwd=built,
        env=node.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def pack(built: Path) -> Path:
    """Return the package that `npm install FILE` takes."""
    npm = node.find_npm(node.find_node())
    command: list[str | Path] = [node.find_node(), npm, "pack", "--silent", f"--pack-destination={built.parent}"]
    done = subprocess.run(command, cwd=built, env=node.environment(), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Trouble(f"The client could not be packed: {done.stderr}")
    return built.parent / done.stdout.strip().splitlines()[-1]


def _build(packages: Path) -> None:
    unfinished = TYPES.with_name("unfinished.d.ts")
    _run("openapi-typescript", CONTRACT, "-o", unfinished, "--default-non-nullable=false")
    unfinished.replace(TYPES)
    _run("tsc", "--build", "tsconfig.node.json")
    shutil.copy(TYPES, BUILT / "src")
    for name in ("package.json", "README.md"):
        shutil.copy(SOURCES / name, BUILT)
    shutil.copy(CHECKOUT / "LICENSE", BUILT)
    (BUILT / "node_modules").symlink_to(packages / "node_modules")


def _run(tool: str, *words: str | Path) -> None:
    done = node.run_tool(tool, *words, folder=SOURCES)
    if done.returncode != 0:
        raise Trouble(f"{tool} refused the TypeScript client:\n{done.stdout}")


def _state() -> str:
    digest = hashlib.sha256()
    for file in _inputs():
        digest.update(f"{file.relative_to(CHECKOUT)} {file.stat().st_size}\n".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _inputs() -> Iterator[Path]:
    yield from (file for file in sorted(SOURCES.rglob("*")) if file.is_file() and not file.name.endswith(".d.ts"))
    yield from (CONTRACT, node.TOOLS / "package-lock.json", Path(__file__))


if __name__ == "__main__":
    sys.exit(main())
