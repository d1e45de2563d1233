"""Google's push service, on this machine: what leaves for phones arrives here, is kept, and may be met with faults.

It speaks OAuth's token endpoint, FCM HTTP v1 and web push as their own clients know them; nothing of it is a double of
our code. `server` is for tests and proofs, `python -m development.push_service` for a process of its own.
"""
