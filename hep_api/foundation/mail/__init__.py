"""Mail: written once, sent by SMTP or put into a folder."""
