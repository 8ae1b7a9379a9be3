"""What works on this machine, and what is missing for what: one file for each thing that is looked at."""
