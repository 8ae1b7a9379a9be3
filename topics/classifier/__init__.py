"""What a package is about, by labels: features of its texts, a linear model, calibrated probabilities."""
