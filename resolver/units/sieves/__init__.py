"""Units that decide which releases may be used."""
