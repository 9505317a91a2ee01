"""The doors: HTTP JSON, SQL, CSV and Excel drop folders. Each yields batches of rows whose cells are text."""
