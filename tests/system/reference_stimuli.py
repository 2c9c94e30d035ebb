"""The table of stimuli: lines `name | steps | what not to compare`, and the steps that they are made of."""
import dataclasses
import pathlib
import re

TABLE = pathlib.Path(__file__).with_name("reference_stimuli.txt")


@dataclasses.dataclass
class Step:
    """`word`, such as `open`, `wait`, `ping` or the flags of a segment; plain words; settings `name=value`."""
    word: str
    words: list
    settings: dict


@dataclasses.dataclass
class Stimulus:
    line: int
    name: str
    steps: list
    without: set


def read_step(text):
    word, *rest = text.split()
    settings = dict(part.split("=", 1) for part in rest if "=" in part)
    return Step(word, [part for part in rest if "=" not in part], settings)


def read_stimuli():
    """All of the table. Raises ValueError with the line's number."""
    found, names = [], set()
    for number, line in enumerate(TABLE.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = [part.strip() for part in line.split("|")]
        if not 2 <= len(parts) <= 3 or parts[0] in names:
            raise ValueError(f"{TABLE}:{number}: name | steps | what not to compare, each name once")
        names.add(parts[0])
        # `4 x STEP` repeats a step.
        steps = []
        for text in parts[1].split(";"):
            times = re.match(r"\s*(\d+) x (.*)", text)
            steps += [read_step(times[2] if times else text)] * (int(times[1]) if times else 1)
        found.append(Stimulus(number, parts[0], steps, set(parts[2].split() if len(parts) > 2 else ())))
    return found
