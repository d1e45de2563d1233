"""JSON shapes of messaging, in and out; the same over HTTP and over the socket."""
