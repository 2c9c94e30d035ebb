"""Helpers for what `apiary --describe` says: JSON that tools/generate reads."""
import textwrap


def wrapped(words, width=96):
    return textwrap.wrap(" ".join(words), width, break_on_hyphens=False, break_long_words=False)


def is_hidden(option):
    return option["names"][-1] == "--help"


def names_of(options):
    return [name for option in options for name in option["names"]]


def leaves(command, path=()):
    """All innermost subcommands with their names: ("personality", "list")."""
    for sub in command["commands"]:
        if sub["commands"]:
            yield from leaves(sub, (*path, sub["name"]))
        else:
            yield (*path, sub["name"]), sub
