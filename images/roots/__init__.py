"""Root file systems as instruments read them: directories, links, and which files are looked at."""
