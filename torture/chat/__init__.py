"""R1: messages under kills. Clients that send, again and again; clients that listen; and the books kept on both."""
