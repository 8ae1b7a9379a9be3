"""Bills of materials: reports on images in the formats that other tools read."""
