"""The demo city: fourteen simulated agencies, each with its own format behind its own door, and the truth they were made from."""
