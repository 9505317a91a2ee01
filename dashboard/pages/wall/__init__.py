"""The wall: what it is sent, and the page of its operator."""
