"""What was seen when releases were built, imported and tested: kept, checked, and weighed."""
