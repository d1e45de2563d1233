"""Builds that are broken on purpose: one module each, whose `do()` takes one safeguard away before the app is built.

A proof must fail on each build that it names; if it does not, it proves nothing, and the run fails. Which build a
process is, is said by an environment variable that only `torture.entry` reads.
"""

BROKEN = "HEP_TORTURE_BROKEN"
