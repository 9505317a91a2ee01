"""Documents from given tables and figures."""
