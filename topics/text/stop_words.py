"""Words that do not tell what a package is about: those of English, and those that all packages use."""

from __future__ import annotations

_ENGLISH = """
    a about above after again against all also am an and any are as at be because been before being below
    between both but by can cannot could did do does doing down during each either else etc few for from
    further get gets had has have having he her here hers him his how however i if in into is it its itself
    just let like make makes many may me might more most much must my no nor not now of off on once one only
    or other our ours out over own per same see shall she should so some such than that the their theirs them
    then there these they this those through to too two under until up upon us use used useful user uses using
    very via want was way we well were what when where which while who why will with within without would you
    your yours
"""

_PACKAGES = """
    python python2 python3 py package packages packaged module modules library libraries lib libs pypi pip
    project projects provides provide provided providing simple easy easily simply based support supports
    supported various including includes include new set written pure contains contain allows allow allowing
    implementation implements implement install installed installing installation version versions release
    releases license licensed mit bsd apache readme documentation docs doc usage example examples available
    features feature requirements requirement github badge build status coverage latest stable common small
    lightweight fast official helper helpers utility utilities utils tool tools toolkit collection
"""

ENGLISH = frozenset(_ENGLISH.split())
PACKAGES = frozenset(_PACKAGES.split())
"""Only where words stand for topics or explanations: a classifier weighs them itself."""

STOP_WORDS = ENGLISH | PACKAGES
