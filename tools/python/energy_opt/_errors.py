"""What analyze() raises."""


class Error(ValueError):
    """What is wrong, in the one line that the command line prints.

    note: how to mend it, or "". Tracebacks show it below the message.
    """

    __module__ = "energy_opt"
    note: str

    def __init__(self, message: str, note: str = "") -> None:
        super().__init__(message)
        self.note = note
        if note and hasattr(self, "add_note"):  # Python 3.11
            self.add_note("note: " + note)


class UsageError(Error):
    """An argument is wrong: an unknown target, a dim that the model lacks."""

    __module__ = "energy_opt"


class ModelError(Error):
    """The model cannot be read, or is invalid."""

    __module__ = "energy_opt"
