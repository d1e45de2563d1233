"""What people read of exports, erasures and holds, split like the actions."""
