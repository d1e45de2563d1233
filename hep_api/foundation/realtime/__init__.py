"""Live connections: Socket.IO over WebSocket only, made safe for a process that faces the internet.

It knows connections, rooms, commands and broadcasts, and nothing of what is said over them.
"""
