"""What phones keep in step with: pulling what changed since they last asked."""
