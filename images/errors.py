"""What can be wrong with a target or an image, in terms of what the user named."""

from __future__ import annotations


class TargetError(ValueError):
    """A target cannot be understood or is not known well enough."""


class UnknownPlatformError(TargetError):
    """A platform name that is no wheel tag, target triple, alias or container platform we serve.

    Attributes:
        name: as the user wrote it.
        near: names that resemble it, best first; may be empty.
    """

    def __init__(self, name: str, near: tuple[str, ...]) -> None:
        super().__init__(f"unknown platform {name!r}")
        self.name, self.near = name, near
        examples = near or ("linux", "x86_64-manylinux_2_28", "macosx_14_0_arm64", "win_amd64", "linux/arm64")
        self.add_note(f"{'did you mean' if near else 'write for example'}: {', '.join(examples)}")


class UnknownPythonError(TargetError):
    """A Python version that cannot be a target.

    Attributes:
        text: as the user wrote it.
        reason: what is wrong with it.
    """

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"Python version {text!r}: {reason}")
        self.text, self.reason = text, reason


class UnservedTargetError(TargetError):
    """Wheel tags were asked for where a fact they rest on is missing or of a value they do not exist for.

    Attributes:
        fact: name of the fact.
        value: what is known of it; None when it is not known.
    """

    def __init__(self, fact: str, value: str | None) -> None:
        known = "it is not known" if value is None else f"it is {value!r}"
        super().__init__(f"wheel tags cannot be told from {fact}: {known}")
        self.fact, self.value = fact, value


class ContradictedTargetError(TargetError):
    """The user states of a target what its image contradicts.

    Attributes:
        stated: the option with its value.
        known: what the image has instead, and by what that is known.
    """

    def __init__(self, stated: str, known: str, remedy: str) -> None:
        super().__init__(f"{stated} contradicts the image, which has {known}")
        self.stated, self.known = stated, known
        self.add_note(remedy)


class UndecidedPythonError(TargetError):
    """Nothing tells which Python of an image is meant, or it has none.

    Attributes:
        candidates: those that it has, with their paths.
    """

    def __init__(self, candidates: tuple[str, ...]) -> None:
        told = (
            f"several Pythons, and none is the default: {', '.join(candidates)}"
            if candidates
            else "no Python"
        )
        super().__init__(f"the image has {told}")
        self.candidates = candidates
        meant = "choose one" if candidates else "name the one that will be installed in it"
        self.add_note(f"{meant} with --python-version, such as --python-version 3.12")


class ImageError(Exception):
    """An image cannot be read.

    Attributes:
        what: the reference, or the part of the image that it is about.
        reason: what is wrong with it.
    """

    def __init__(self, what: str, reason: str, remedy: str | None = None) -> None:
        super().__init__(f"{what}: {reason}")
        self.what, self.reason = what, reason
        if remedy is not None:
            self.add_note(remedy)


class ImageReferenceError(ImageError):
    """The reference cannot be understood, or names nothing that exists: the user's to mend."""


class SourceUnavailableError(ImageError):
    """A daemon or registry does not answer, or refuses."""


class DamagedImageError(ImageError):
    """The image is not what its digests, sizes or formats promise."""


class UnknownFactError(TargetError):
    """A fact is stated that no target has.

    Attributes:
        name: as the user wrote it.
        near: names that resemble it, best first; may be empty.
    """

    def __init__(self, name: str, source: str, near: tuple[str, ...]) -> None:
        super().__init__(f"{source}: there is no fact named {name[:100]!r}")
        self.name, self.near = name, near
        self.add_note(f"did you mean: {', '.join(near)}" if near else "see: stackwright host --facts")


class FactValueError(TargetError):
    """A fact cannot have the value that is stated.

    Attributes:
        name: of the fact.
        value: as the user wrote it.
    """

    def __init__(self, name: str, value: object, source: str, remedy: str) -> None:
        super().__init__(f"{source}: {name} cannot be {str(value)[:100]!r}")
        self.name, self.value = name, value
        self.add_note(remedy)


class ContradictoryFactsError(TargetError):
    """Two facts that the user states cannot both hold.

    Attributes:
        names: of the two facts.
    """

    def __init__(self, first: str, second: str, names: tuple[str, str]) -> None:
        super().__init__(f"{first} and {second} contradict each other")
        self.names = names
        self.add_note(f"leave one of them out, or say {names[1]}=unknown")
