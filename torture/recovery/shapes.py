"""What tables, columns, keys, indexes, policies and functions a database has, so that two can be held side by side.

Owners and rights stand apart: roles are the cluster's, and a downgrade leaves to them what they have.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

THINGS = """
    SELECT format('column %s.%s', relname, attname),
           format('%s %s %s %s', format_type(atttypid, atttypmod), attnotnull, attgenerated,
                  pg_get_expr(adbin, adrelid))
      FROM pg_attribute
      JOIN pg_class ON pg_class.oid = attrelid
      LEFT JOIN pg_attrdef ON (adrelid, adnum) = (attrelid, attnum)
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT format('constraint %s', conname), format('%s %s', conrelid::regclass, pg_get_constraintdef(oid))
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
    UNION ALL
    SELECT format('index %s', indexname), indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL
    SELECT format('policy %s on %s', policyname, tablename), format('%s %s %s', cmd, qual, with_check)
      FROM pg_policies WHERE schemaname = 'public'
    UNION ALL
    SELECT format('function %s', oid::regprocedure),
           CASE prokind WHEN 'f' THEN pg_get_functiondef(oid) ELSE prokind::text END
      FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL
    SELECT format('wall of %s', relname), format('%s %s', relrowsecurity, relforcerowsecurity)
      FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
    UNION ALL
    SELECT format('%s %s', CASE relkind WHEN 'S' THEN 'sequence' ELSE 'view' END, relname), ''
      FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('S', 'v', 'm')
"""

RIGHTS = """
    SELECT format('rights on %s', relname),
           format('%s %s', relowner::regrole, ARRAY(SELECT right_::text FROM unnest(relacl) AS right_ ORDER BY 1))
      FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
    UNION ALL
    SELECT format('rights on %s', oid::regprocedure),
           format('%s %s', proowner::regrole, ARRAY(SELECT right_::text FROM unnest(proacl) AS right_ ORDER BY 1))
      FROM pg_proc WHERE pronamespace = 'public'::regnamespace
"""

# A dump that was read again says casts, and therefore brackets, in other places and means the same.
CASTS = re.compile(r"::(character varying|text)(\(\d+\))?(\[\])?|[()\s]")


@dataclass(frozen=True)
class Shape:
    """Everything that a database has, by its name, and what it is."""

    things: dict[str, str]

    def beyond(self, other: "Shape") -> Iterator[str]:
        """Yield what is here and not there."""
        yield from sorted(self.things.keys() - other.things.keys())

    def differences(self, other: "Shape") -> Iterator[str]:
        """Yield in what the two are not the same."""
        yield from (f"there is {name} besides" for name in self.beyond(other))
        yield from (f"{name} is missing" for name in other.beyond(self))
        both = sorted(self.things.keys() & other.things.keys())
        yield from (f"{name} is another" for name in both if self.things[name] != other.things[name])


def shape_of(look: psycopg.Connection[Any], *, with_rights: bool = False) -> Shape:
    """Return what the database has, but for Alembic's own table; on request with who owns it and who may what."""
    found = look.execute(THINGS.encode()).fetchall()
    if with_rights:
        found += look.execute(RIGHTS.encode()).fetchall()
    return Shape({name: CASTS.sub("", what) for name, what in found if "alembic_version" not in name})
