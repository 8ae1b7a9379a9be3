"""Splits depend on the name alone."""

from topics.split import FOLDS, fold_of, is_validation


def test_the_fold_is_that_of_the_normalised_name() -> None:
    assert fold_of("Zope.Interface") == fold_of("zope-interface")


def test_folds_are_stable_and_even() -> None:
    # by hashlib alone: int(sha256(name), 16) // 5 % 5
    assert [fold_of(name) for name in ("numpy", "flask", "requests")] == [1, 2, 1]
    counts = [0] * FOLDS
    for number in range(5_000):
        counts[fold_of(f"package-{number}")] += 1
    assert min(counts) > 900


def test_the_first_fold_validates() -> None:
    names = [f"package-{number}" for number in range(100)]
    assert [name for name in names if is_validation(name)] == [name for name in names if fold_of(name) == 0]
