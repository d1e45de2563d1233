"""Whom live connections belong to: the rooms they are in, who is told things, and whose connections end.

A connection is in its member's room and in its sign-in's. What concerns a patient is told to sign-in rooms that were
read from the database in the telling transaction, so an ended sign-in or a member who left hears nothing more.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, String, cast, func, literal, select, union_all
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from hep_api.accounts.facts import SignInEnded
from hep_api.accounts.models import SignIn
from hep_api.accounts.viewer import Viewer
from hep_api.clinics.facts import MemberAccessChanged, MemberDisabled
from hep_api.clinics.models import CareTeamPlace, Member, MemberStatus
from hep_api.foundation.realtime.broadcasts import plan_eviction
