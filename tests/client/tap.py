"""Rows: small tests that run in the order in which they stand and build on each other."""

import sys
import time
import traceback

SLOW_S = 5  # a row that takes longer says how long


class Skip(Exception):
    """The row does not apply to this client, or needs what is not there; says why."""


class Missing(AssertionError, AttributeError):
    """Of the State; an AttributeError too, so that hasattr() works."""


class State:
    """What earlier rows have made.  A row that needs what none has made says so."""

    def __getattr__(self, name):
        raise Missing(f"needs '{name}', which an earlier row has not made")


_rows = []


def row(title):
    """Add the decorated function, which takes the State, under this title."""

    def add(function):
        _rows.append((title, function))
        return function

    return add


def equal(got, wanted, what):
    assert got == wanted, f"{what} is {got!r}, not {wanted!r}"


def raises(error, call):
    """The exception of this type that the call raises."""
    try:
        got = call()
    except error as e:  # pylint: disable=broad-except
        return e
    raise AssertionError(f"no {error}, but {got!r}")


def _reason(error):
    """One line; for what no assertion foresaw, also the place in the rows."""
    text = " ".join(str(error).split())[:600]
    if isinstance(error, AssertionError) and text:
        return text
    place = [f for f in traceback.extract_tb(error.__traceback__) if "/tests/client/" in f.filename]
    where = f" ({place[-1].filename.rsplit('/', 1)[-1]}:{place[-1].lineno})" if place else ""
    return f"{type(error).__name__}: {text}{where}"


def run(prefix, state):
    """Run all rows, print a line for each; how many failed."""
    failed = 0
    for number, (title, function) in enumerate(_rows, 1):
        line = f"{number} {prefix}: {title}"
        begun = time.monotonic()
        try:
            function(state)
        except Skip as why:
            print(f"ok {line} # skip {why}")
        except Exception as error:  # pylint: disable=broad-except
            print(f"not ok {line}\n# {_reason(error)}")
            failed += 1
        else:
            print(f"ok {line}")
        if time.monotonic() - begun >= SLOW_S:
            print(f"# {time.monotonic() - begun:.0f} s")
        sys.stdout.flush()
    print(f"1..{len(_rows)}")
    return failed
