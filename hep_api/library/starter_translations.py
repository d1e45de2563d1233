"""The starter set in further languages: one folder a language, in it one file a region, in it an object by key.

Some languages may lack some exercises, or all: these are then read in English.
"""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from hep_api.foundation.web.schemas import In
from hep_api.library.schemas.translations import TranslationIn

FOLDER = Path(__file__).parent / "starter" / "translations"
Texts = dict[str, Any]


def read_translations(folder: Path = FOLDER) -> dict[str, dict[str, Texts]]:
    """Return texts by exercise key and language; raises ValidationError for an entry that breaks a rule."""
    found: dict[str, dict[str, Texts]] = defaultdict(dict)
    schema: In = TranslationIn()
    for file in sorted(folder.glob("*/*.json")):
        for key, texts in json.loads(file.read_text("utf-8")).items():
            found[key][file.parent.name] = schema.load(texts)
    return dict(found)
