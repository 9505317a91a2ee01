"""The city: map, ranking, trend, shares, open matters."""
