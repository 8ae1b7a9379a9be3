"""What a reviewer of security would look at, by the ids of bandit's rules; rules and words are our own.

`indicators` works on the tree of one file: rules look at the call as it is written, with names followed
through the imports of the file. The text is asked first which rules can apply.
"""

from analyzers.source.security.counts import Counts, counted
from analyzers.source.security.rules import RULES, Rule
from analyzers.source.security.scanning import indicated, indicators
from analyzers.source.security.triggers import kinds

__all__ = ["RULES", "Counts", "Rule", "counted", "indicated", "indicators", "kinds"]
