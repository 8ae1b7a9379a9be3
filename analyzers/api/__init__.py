"""What a release offers: the files of a distribution in, `ApiSurface` and answers about symbols out.

Everything is read as text through a `FileReader`; nothing is imported or run.
"""
