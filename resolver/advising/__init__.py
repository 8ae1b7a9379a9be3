"""From a finished search to advice: pins, reasons, proofs in words, what would help."""
