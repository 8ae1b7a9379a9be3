"""Splits depend on the name alone."""

from topics.split import FOLDS, fold_of


def test_the_fold_is_that_of_the_normalised_name() -> None:
    assert fold_of("Zope.Interface") == fold_of("zope-interface")


def test_folds_are_stable_and_even() -> None:
    # by hashlib alone: int(sha256(name), 16) // 5 % 5
    assert [fold_of(name) for name in ("numpy", "flask", "requests")] == [1, 2, 1]
    counts = [0] * FOLDS
    for number in range(5_000):
        counts[fold_of(f"package-{number}")] += 1
    assert min(counts) > 900
