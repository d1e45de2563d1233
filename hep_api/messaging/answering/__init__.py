"""When the clinic is open, by when it answers, and what it says by itself meanwhile."""
