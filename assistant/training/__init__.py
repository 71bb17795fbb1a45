"""Training: corpora in, weights out. Chat never imports anything from here."""
