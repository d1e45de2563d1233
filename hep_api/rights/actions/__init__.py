"""What people do about exports, erasures and holds, split by what it is about."""
