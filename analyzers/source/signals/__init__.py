"""What source says of the Pythons, the hardware, the libraries and the interfaces that it needs."""
