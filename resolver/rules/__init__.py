"""Rules about projects on hardware and runtimes: data with evidence; how they are read, kept and asked."""
