"""How often something may be done. Counted by Flask-Limiter; the doors ask, and refuse with 429 and Retry-After."""
