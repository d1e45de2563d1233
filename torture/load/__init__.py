"""R9: a thousand open sockets and fifty messages a second, beside a bare handler with one INSERT, in the same run."""
