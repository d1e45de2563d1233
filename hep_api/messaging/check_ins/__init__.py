"""Rules of check-ins, without a database: what a question takes for an answer, and on which days one is asked."""
