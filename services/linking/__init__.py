"""Which records are one dispute though neither quotes the other: features, model, scorer, training, bench. docs/linking.md."""
