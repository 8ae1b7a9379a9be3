"""Every way in which users state requirements, and the locks they already have: one parser per format."""
