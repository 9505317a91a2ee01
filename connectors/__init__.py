"""How records come in: transports fetch rows, feed.toml files say what the rows mean."""
