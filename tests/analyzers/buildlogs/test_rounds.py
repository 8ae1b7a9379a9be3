"""Packages that fail and are tried again, processes that are killed, and installers around others."""

from __future__ import annotations

from analyzers.buildlogs import failures, read_build_log
from analyzers.buildlogs.records import Cause, Step

COLLECTED = """\
Collecting {name}=={version} (from -r /tmp/requirements.txt (line 2))
  Downloading https://index.example/{name}-{version}-py3-none-any.whl (1.2MB)
"""
SPAM = COLLECTED.format(name="spam", version="1.0")
HAM = COLLECTED.format(name="ham", version="2.0")
SWAPPED = """\
THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the package versions, …
    spam==1.0 from https://index.example/spam-1.0-py3-none-any.whl#sha256=70 (from -r x (line 2)):
        Expected sha256 72
             Got        70
"""
LATER = "Failed to install 'spam', will try in next installation round...\n"
NEVER = "Failed to install requirements, dependency 'spam' could not be installed\n"
DONE = "Installing collected packages: {0}\nSuccessfully installed {0}-{1}\n"


def test_what_a_later_round_of_micropipenv_installs_is_recovered() -> None:
    text = SPAM + SWAPPED + LATER + HAM + DONE.format("ham", "2.0") + SPAM + DONE.format("spam", "1.0")
    log = read_build_log(text.encode())
    assert log.installer == "micropipenv"
    assert (log.failed, log.recovered, log.lasting) == ((), ("spam",), ())
    told = [(one.package, one.version, one.is_successful) for one in log.installation]
    assert told == [("spam", "1.0", False), ("ham", "2.0", True), ("spam", "1.0", True)]
    (found,) = log.failures
    assert (found.is_recovered, found.cause, found.step) == (True, Cause.HASH_MISMATCH, Step.DOWNLOAD)


def test_what_no_round_installs_has_failed() -> None:
    log = read_build_log((SPAM + SWAPPED + LATER + SPAM + SWAPPED + NEVER).encode())
    assert (log.failed, log.recovered) == (("spam",), ())
    assert [one.is_successful for one in log.installation] == [False, False]
    assert len(log.failures) == 1


def test_an_older_release_that_pip_takes_instead() -> None:
    text = """\
Collecting spam
  Downloading spam-2.0.tar.gz (3 kB)
    ERROR: Command errored out with exit status 1:
     command: python -c 'setup.py' egg_info
         cwd: /tmp/spam
    Complete output (2 lines):
    Traceback (most recent call last):
    ModuleNotFoundError: No module named 'numpy'
    ----------------------------------------
WARNING: Discarding https://index.example/spam-2.0.tar.gz. Command errored out with exit status 1: python
  Downloading spam-1.0.tar.gz (3 kB)
Building wheels for collected packages: spam
  Building wheel for spam (setup.py): started
  Building wheel for spam (setup.py): finished with status 'done'
Successfully built spam
Installing collected packages: spam
Successfully installed spam-1.0
"""
    log = read_build_log(text.encode())
    (found,) = log.failures
    assert (found.version, found.step, found.missing) == ("2.0", Step.METADATA, "numpy")
    assert (log.failed, log.recovered) == ((), ("spam",))
    assert [(one.version, one.is_successful) for one in log.installation] == [("1.0", True)]


def test_two_packages_that_fail_in_one_run() -> None:
    failed = """\
  Building wheel for {0} (setup.py): finished with status 'error'
  error: subprocess-exited-with-error
  \xd7 python setup.py bdist_wheel did not run successfully.
  \u2502 exit code: 1
  \u2570\u2500> [1 lines of output]
      {0}.c:1:1: fatal error: {0}.h: No such file or directory
      [end of output]
  ERROR: Failed building wheel for {0}
"""
    text = (
        "Building wheels for collected packages: spam, ham\n" + failed.format("spam") + failed.format("ham")
    )
    log = read_build_log((text + "Failed to build spam ham\n").encode())
    assert [(one.package, one.missing) for one in log.failures] == [("spam", "spam.h"), ("ham", "ham.h")]


def test_an_installer_that_is_killed() -> None:
    (found,) = read_build_log(b"Collecting spam\n  Downloading spam-1.0.tar.gz (9 MB)\nKilled\n").failures
    assert (found.package, found.version, found.cause) == ("spam", "1.0", Cause.OUT_OF_MEMORY)


def test_what_pip_retried_with_success_is_no_failure() -> None:
    retried = "WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError'\n"
    log = read_build_log((retried + HAM + DONE.format("ham", "2.0")).encode())
    assert log.failures == ()


def test_pip_within_the_output_of_a_build_installs_nothing() -> None:
    text = """\
Collecting spam
  Downloading spam-1.0.tar.gz (3 kB)
  Running command pip subprocess to install build dependencies
  Collecting setuptools
    Downloading setuptools-80.0-py3-none-any.whl (894 kB)
  Successfully installed setuptools-80.0
  Installing build dependencies: finished with status 'done'
"""
    log = read_build_log(text.encode())
    assert [(one.package, one.version, one.is_successful) for one in log.installation] == [
        ("spam", "1.0", None)
    ]


def test_a_build_without_an_installer() -> None:
    said = "x.c:1:1: fatal error: a.h: No such file or directory"
    text = f"running build_ext\n{said}\nerror: command 'cc' failed\n"
    (found,) = read_build_log(text.encode()).failures
    assert (found.package, found.step, found.missing) == ("", Step.BUILD, "a.h")


def test_a_text_that_no_installer_wrote_may_tell_a_cause() -> None:
    (found,) = failures("configuring\n/usr/bin/ld: cannot find -lfoo\n")
    assert (found.cause, found.missing, found.lines) == (Cause.MISSING_LIBRARY, "-lfoo", (2,))
    assert failures("all is well\n") == ()


def test_credentials_of_an_index_are_not_told() -> None:
    text = "Looking in indexes: https://user:s3cret@index.example/simple\n" + HAM + DONE.format("ham", "2.0")
    (ham,) = read_build_log(text.encode()).installation
    assert ham.index == "https://index.example/simple"
    refused = "error: Failed to fetch: `https://user:s3cret@index.example/simple/spam/`\n  cause: dns error\n"
    (found,) = read_build_log(f"Using Python 3.12.1 environment at: .venv\n{refused}".encode()).failures
    assert found.package == "spam"
    assert "s3cret" not in repr(found)
    wanted = "ERROR: No matching distribution found for spam@ git+https://s3cret@code.example/spam\n"
    assert "s3cret" not in repr(read_build_log(wanted.encode()).failures)
