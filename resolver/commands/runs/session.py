"""From options to what a command works with: the context of a run, its units, knowledge, and the advice."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.settings import project_settings
from resolver.commands.heads import report_moment, tool, written_moment
from resolver.commands.notes import obeys, show_note, show_wait
from resolver.commands.options.variants import variant_policy
from resolver.commands.runs import inputs
from resolver.commands.runs.rules import SessionRules
from resolver.commands.runs.units import SessionUnits

if TYPE_CHECKING:
    from analyzers.source.report import SourceReport
    from images.reports.report import ImageReport
    from knowledge.catalog import Knowledge
    from knowledge.variants.choice import VariantPolicy
    from resolver.asked.asked import Asked
    from resolver.commands.runs.image_targets import ImageAsTarget
    from resolver.context import Context, Preference
    from resolver.progress import TerminalProgress
    from resolver.reports.advice import Advice
    from resolver.reports.bare_code import BareCode
    from resolver.rules.reports import RuleAnswer
    from resolver.search.budget import Budget
    from resolver.search.interruption import Interruption
    from resolver.search.resolver import Resolver
    from resolver.search.solution import Solution
    from resolver.targets.target import Target

    Note = Callable[[Resolver, Solution | None], None]

PROJECT_FILE = Path("pyproject.toml")
_MOST_NEAR = 3
"""So many projects that do not exist get a suggestion."""


class Session:
    """What one command works with; files are read when they are first needed, and once.

    Args:
        options: of the command line; a command has only some of them.
        interruption: through which a search can be asked to end; a command that lets nobody do so has none.

    Attributes:
        asked: what is asked for, once a context was made; None before.
        code: what code that declares nothing asks for, likewise; None where there is none.
        scan: of the code that is advised on, once a context was made; None where none is named.
        image: that is advised for, likewise.
        index_url: of the default index, once knowledge was opened.
    """

    def __init__(self, options: argparse.Namespace, interruption: Interruption | None = None) -> None:
        self._options = options
        self._interruption = interruption
        self.project = project_settings(PROJECT_FILE)
        self.now = report_moment()
        self.asked: Asked | None = None
        self._progress: TerminalProgress | None = None
        self.rules = SessionRules(options, self.project, PROJECT_FILE)
        self.units = SessionUnits(options, self.project, PROJECT_FILE, self.rules)
        self.code: BareCode | None = None
        self.scan: SourceReport | None = None
        self.image: ImageReport | None = None
        self._variants: VariantPolicy | None = None
        self.index_url = ""

    def context(self, *, asks: bool = True) -> Context:
        """What a run is about: what is asked for, and the policies of the options and of the files.

        Args:
            asks: whether the command asks for something; one that does not has no options for it.
        """
        from resolver.asked.asked import Asked
        from resolver.context import Context, PrereleasePolicy, Resolution
        from resolver.recommendation import RECOMMENDATIONS
        from resolver.targets.cutoff import read_cutoff
        from resolver.units.assembly import weighed

        options = self._options
        target, image = self._target()
        self._variants = variant_policy(options, target)
        source = self.scan = self.source() if asks else None
        self.image = None if image is None else image.report
        if source is not None:
            if inputs.names_nothing(options, source):
                self.code = self._bare_code(source, target)
                inputs.add_bare(options, self.code)
            else:
                inputs.add_source(options, source)
        nothing = not asks or (self.code is not None and not options.requirements)
        asked = self.asked = Asked(requirements=()) if nothing else inputs.read(options, target)
        for note in asked.notes:
            show_note(note)
        usual = PrereleasePolicy.IF_NECESSARY if self.code is None else PrereleasePolicy.IF_ALONE
        policy = PrereleasePolicy.ALLOW if asked.wishes.prereleases else usual
        context = Context(
            target=target,
            requirements=asked.requirements,
            constraints=asked.constraints,
            overrides=asked.overrides,
            preferences=asked.preferences if self.code is None else self._preferences(asked, self.code),
            locks=asked.locks,
            requires_hashes=asked.wishes.requires_hashes,
            files=asked.files,
            unknowns=asked.unknowns,
            recommendation=self.units.predicting(
                weighed(RECOMMENDATIONS[options.type], self.units.all_settings())
            ),
            prereleases=PrereleasePolicy(options.prerelease) if options.prerelease else policy,
            resolution=Resolution(vars(options).get("resolution", Resolution.HIGHEST)),
            formats=inputs.formats_of(options, asked),
            cutoff=read_cutoff(options.exclude_newer, options.exclude_newer_package, self.now),
            today=self.now.date().isoformat(),
            strict_names=getattr(options, "strict_names", False),
            variants=None if self._variants is None else self._variants.priorities,
            offline=options.offline,
            demands={} if source is None else {demand.distribution: demand for demand in source.demands},
            missed=frozenset() if self.code is None else frozenset(x.name for x in self.code.unavailable),
        )
        if image is not None:
            context = image.beside(context, asked.projects, self.units.pipeline())
        return self.rules.beside(context, image, self.units.all_settings())

    def rule_answer(self, name: str) -> RuleAnswer:
        """One rule, and what becomes of it on the target of this session."""
        from resolver.rules.listing import rule_answer

        return rule_answer(self.context(asks=False).rules, name, tool(), self.created_at)

    def _preferences(self, asked: Asked, code: BareCode) -> Mapping[str, Preference]:
        """Releases to try first: what locks pin counts more than when the code was written."""
        from knowledge.indexes.filenames import normalized
        from resolver.asked.bare import preferences_of
        from resolver.commands.options.arguments import ALL

        upgrade = self._options.upgrade
        if ALL in upgrade:
            return asked.preferences
        return {**preferences_of(code, set(map(normalized, upgrade))), **asked.preferences}

    def _target(self) -> tuple[Target, ImageAsTarget | None]:
        from resolver.commands.runs.targets import read_target

        return read_target(self._options, self.project, PROJECT_FILE)

    def target(self) -> Target:
        """Where the stack will run: the image, or this machine as the options change it."""
        return self._target()[0]

    @property
    def has_code(self) -> bool:
        """Whether ``--source`` names code."""
        return getattr(self._options, "source", None) is not None

    def source(self) -> SourceReport | None:
        """What a scan of the code says, where ``--source`` names some."""
        if not self.has_code:
            return None
        from resolver.commands.subjects.scanning import ScanWishes, scanned

        wishes = ScanWishes(path=self._options.source, store=self._options.store, tests=False, quiet=True)
        return scanned(wishes, tool(), self.now)

    def _bare_code(self, source: SourceReport, target: Target) -> BareCode:
        """What code that declares nothing asks for, by what the index knows."""
        from resolver.asked.asked import Asked
        from resolver.asked.bare import bare_code
        from resolver.commands.runs.evidence import surfaces
        from resolver.targets.cutoff import read_moment

        formats = inputs.formats_of(self._options, Asked(requirements=()))
        written = getattr(self._options, "written", None)
        moment = None if written is None else read_moment(written, self.now, "--written")
        with self.knowledge() as knowledge:
            return bare_code(source, knowledge, target, formats, surfaces(target, knowledge), moment)

    def budget(self) -> Budget:
        """How long to search; for a command with `arguments.add_search` among its options."""
        from resolver.search.budget import Budget

        options, usual = self._options, Budget()
        return Budget(
            moves=usual.moves if options.limit is None else options.limit,
            conflicts=usual.conflicts if options.limit_conflicts is None else options.limit_conflicts,
            time_limit_s=options.time_limit,
            memory_limit_bytes=options.memory_limit,
            seed=options.seed,
            count=vars(options).get("count", usual.count),
            jobs=options.jobs,
        )

    def store(self) -> str:
        """Where knowledge is kept."""
        from knowledge.stores.locations import default_location

        return self._options.store or default_location(os.environ, Path.home())

    @contextmanager
    def knowledge(self, *, tells: bool = True) -> Iterator[Knowledge]:
        """The index and the store that the user's tools and options name.

        Args:
            tells: whether doubts are told at the end; not where the result has them.
        """
        from knowledge.opening import open_knowledge

        index = inputs.indexes_of(self._options, self.project, self.asked)
        self.index_url = index.url
        made_by = tool()
        with open_knowledge(
            index,
            self.store(),
            time.time,
            user_agent=f"{made_by.name}/{made_by.version}",
            offline=self._options.offline,
            refresh=self._options.refresh,
            builder=inputs.builder_of(self._options, index),
            waiting=None if getattr(self._options, "quiet", False) else show_wait,
        ) as knowledge:
            if self._variants is not None:
                knowledge.choose_variants(self._variants)
            try:
                yield knowledge
            finally:
                knowledge.flush()
                for unknown in knowledge.unknowns if tells else ():
                    show_note(f"{unknown.what} ({unknown.where}): {unknown.reason}")

    def advised(self, context: Context, note: Note | None = None) -> Advice:
        """The advice on a context of this session.

        Args:
            context: of this session.
            note: called at the end of each run that is made for it, while the resolver stands at its stack.
        """
        import msgspec

        advice = self._advised(context, note)
        if self.code is None:
            return advice
        if advice.stopped_by is not None and advice.stopped_by.is_wish:
            return msgspec.structs.replace(advice, code=self.code)
        from resolver.commands.runs.completing import completed
        from resolver.search.interruption import SearchInterruptedError

        try:
            for better, code in completed(advice, context, self.code, lambda one: self._advised(one, note)):
                advice, self.code = better, code
        except SearchInterruptedError:
            if self._interruption is None:
                raise
            advice = msgspec.structs.replace(advice, stopped_by=self._interruption.reason)
        return msgspec.structs.replace(advice, code=self.code)

    @contextmanager
    def weighed(self, context: Context) -> Iterator[tuple[Knowledge, Context]]:
        """The index and the store, and the context with all that is held against releases.

        Args:
            context: of this session.
        """
        from resolver.commands.runs.evidence import program_digest, with_evidence, with_imports

        with self.knowledge() as knowledge, self.probing(context, knowledge) as probing:
            program = program_digest(self._options)
            weighed = with_evidence(probing, knowledge, scanned=self.has_code, program=program)
            weighed = with_imports(weighed, knowledge, self._options, self._tell_of_imports)
            yield knowledge, self.with_topics(weighed, knowledge)

    def _advised(self, context: Context, note: Note | None) -> Advice:
        from resolver.context import Resolution
        from resolver.search.speculation import FirstChoice

        with self.weighed(context) as (knowledge, context):
            narrowed = context.constraints or context.overrides or context.preferences or context.cutoff
            newest = context.resolution is Resolution.HIGHEST
            if newest and not narrowed:  # else the plainest guess is mostly wrong
                first = FirstChoice(context)
                knowledge.speculate(first, first.hints())
            missing: list[str] = []

            def inspect(resolver: Resolver, solution: Solution | None) -> None:
                if note is not None:
                    note(resolver, solution)
                if solution is None:
                    missing.extend(p.name for p in resolver.universe.projects.values() if p.listing is None)

            advice = self.advised_by(knowledge, context, inspect)
            if context.prober is not None:
                from resolver.commands.runs.tried_stacks import keep_checked

                keep_checked(advice, self.store())
            near = {name: knowledge.near_names(name) for name in missing[:_MOST_NEAR]}
        for name, others in near.items():
            if others:
                show_note(f"no index has {name}; did you mean: {', '.join(others)}?")
        if not advice.status.is_solved and not self._options.quiet:
            show_note(f"the index is {knowledge.index_url}")
        return advice

    @contextmanager
    def probing(self, context: Context, knowledge: Knowledge) -> Iterator[Context]:
        """The context with what tries stacks, where that is asked for."""
        if getattr(self._options, "evidence", None) != "probe" or not context.recommendation.strides:
            yield context
            return
        from resolver.commands.runs.tried_stacks import with_probes

        index = inputs.indexes_of(self._options, self.project, self.asked)
        source = self.source()
        told, store = self._tell_of_probe, self.store()
        with with_probes(context, knowledge, self._options, index, source, told, store) as probing:
            yield probing

    def _tell_of_probe(self, number: int, releases: int) -> None:
        """Say what takes so long."""
        if self._progress is not None:
            self._progress.show(f"probe {number}: building and running a stack of {releases} releases")

    def with_topics(self, context: Context, knowledge: Knowledge) -> Context:
        """The context with what tells topics, where a unit takes part that asks for them."""
        from resolver.commands.runs.topic_signals import with_topics

        return with_topics(context, knowledge, self.units.pipeline(), time.time)

    def _tell_of_imports(self, releases: int) -> None:
        """Say what takes so long."""
        if self._progress is not None:
            self._progress.show(f"importing a stack of {releases} releases on paper")

    def advised_by(
        self,
        knowledge: Knowledge,
        context: Context,
        inspect: Callable[[Resolver, Solution | None], None] | None = None,
    ) -> Advice:
        """The advice on a context.

        Args:
            knowledge: of this session.
            context: likewise.
            inspect: see `resolver.advising.advise.advise`.
        """
        from resolver.advising.vendor_advice import advised_with_vendors
        from resolver.progress import TerminalProgress
        from resolver.search.memory import resident_bytes

        options, pipeline = self._options, self.units.pipeline()
        shown = TerminalProgress(sys.stderr) if not options.quiet and obeys(sys.stderr) else None
        progress = self._progress = shown
        try:
            return advised_with_vendors(
                context,
                knowledge,
                pipeline,
                inspect=inspect,
                tool=tool(),
                traffic=knowledge.statistics,
                created_at=self.created_at,
                elapsed_s=lambda: time.monotonic() - options.started_s,
                progress=progress,
                budget=self.budget(),
                interruption=self._interruption,
                memory_bytes=resident_bytes,
                with_history=_tells_history(options),
            )
        finally:
            if progress:
                progress.clear()

    @property
    def created_at(self) -> str:
        """As reports state it."""
        return written_moment(self.now)


def _tells_history(options: argparse.Namespace) -> bool:
    """Whether something that is asked for has the course of the search in it."""
    asked = vars(options)
    page = asked.get("format") == "html" or Path(asked.get("output") or "").suffix == ".html"
    return bool(asked.get("history") or asked.get("plot") or asked.get("report") or page)
