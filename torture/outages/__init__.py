"""R8: PostgreSQL and Redis restarted, disks full, connections and locks taken, with people at work all the while."""
