#!/bin/sh
# Prints the Python to build the virtual environment with: the one named, else the newest of 3.11 to 3.14 that is
# complete. When there is none it says in one sentence what to install. Used by the Makefile.

usable='import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'
recent='import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))'

if [ -n "$1" ]; then
    if ! command -v "$1" >/dev/null 2>&1; then
        echo "PYTHON=$1 is not a program that can be found here." >&2
    elif ! "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        echo "PYTHON=$1 is not Python 3.11 or newer." >&2
    elif ! "$1" -c "$usable" >/dev/null 2>&1; then
        echo "PYTHON=$1 lacks the venv or ensurepip module; on Debian and Ubuntu: apt install python3-venv." >&2
    else
        echo "$1"
        exit 0
    fi
    exit 1
fi

incomplete=''
for candidate in python3.14 python3.13 python3.12 python3.11 python3 python; do
    if "$candidate" -c "$recent" >/dev/null 2>&1; then
        if "$candidate" -c "$usable" >/dev/null 2>&1; then
            echo "$candidate"
            exit 0
        fi
        incomplete="$incomplete$candidate "
    fi
done
if [ -n "$incomplete" ]; then
    echo "Python is here (${incomplete% }) but lacks the venv or ensurepip module; on Debian and Ubuntu: apt install python3-venv." >&2
else
    echo "No Python 3.11 to 3.14 was found: install one, or name it with make PYTHON=/path/to/python3." >&2
fi
exit 1
