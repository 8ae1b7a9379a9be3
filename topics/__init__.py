"""Instruments that read what packages are about: texts in, label probabilities out."""
