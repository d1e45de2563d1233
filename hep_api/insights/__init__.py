"""What follows from the records for those who treat: the attention list and the view of a morning."""
