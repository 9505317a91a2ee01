"""Tables, migrations, the writer, and the queries. Every read takes a Scope."""
