"""The drawings of the starter set, by the digest of what they show.

One that is drawn anew is a new row: a plan that was published with the older one goes on showing it.
"""

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from hep_api.foundation.database import Base


class Drawing(Base):
    """The SVG of a starter exercise; `digest` is the SHA-256 of its bytes in hexadecimal, `key` the exercise's."""

    __tablename__ = "drawing"

    digest: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text)
    svg: Mapped[str] = mapped_column(Text)
