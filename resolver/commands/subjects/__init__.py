"""What commands look at beside requirements: locks, trees, images, releases, logs."""
