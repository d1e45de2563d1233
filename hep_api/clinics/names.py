"""How names are compared: the form by which lists are sorted and searched, so that "muller" finds Müller."""

import unicodedata

# Some letters fold into many; an index takes so much, and a cursor too.
MOST_LETTERS = 200


def folded(name: str) -> str:
    """Return a name without accents, capitals and repeated spaces."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())[:MOST_LETTERS]
