"""The commands: each module adds its options to a parser with ``add`` and does its work with ``run``.

They are the part of the command line that belongs to one command each. ``run`` says whether what was asked
for was found; errors, signals and exit codes are the business of `cli`. What a command needs is imported when
it runs, so that ``--help`` answers at once.
"""
