"""Reads of progress reports, and of what stands in a new one."""
