"""Records of files and whole scans: made in other processes, and kept between runs."""
