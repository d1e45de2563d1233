"""The scene of the plans' door tests serves those of what leaves the house as well."""

from tests.plans.conftest import noon, scene

__all__ = ["noon", "scene"]
