"""Faults told apart by whose they are: the caller's, another run's, ours."""


class HaechiError(Exception):
    """A fault told to people as one line: a code, what was found, what to do."""

    exit_code = 1

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint


class CallerError(HaechiError):
    """The caller asked for something that cannot be; exit 2."""

    exit_code = 2


class LeaseHeldError(HaechiError):
    """Another run holds the lease on the lake; exit 3."""

    exit_code = 3


class InternalError(HaechiError):
    """Haechi failed; exit 1 with the trace in the log."""
