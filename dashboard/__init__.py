"""What people see: the frame, the pages and their parts. Talks to services only."""
