"""Dosing: how much of an exercise one doing is, and when it is due. The library suggests it, a plan prescribes it."""
