"""The table of docs/metrics.md: what metrics there are."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| `(apiary_\w+)` \| (counter|gauge|histogram) \|([^|]*)\|[^|]+\|$", re.M)


def read_table():
    """The type and the names of the labels of each metric."""
    text = (ROOT / "docs/metrics.md").read_text()
    rows = ROW.findall(text)
    assert len({name for name, _, _ in rows}) == text.count("\n| `apiary_") > 0, \
        "docs/metrics.md has no table, a name twice, or a row that cannot be read"
    return {name: (kind, set(re.findall(r"`(\w+)`", labels))) for name, kind, labels in rows}


def series_of(table):
    """What Prometheus has of them: each series' name, and its labels. `le` is a histogram's own."""
    series = {}
    for name, (kind, labels) in table.items():
        if kind != "histogram":
            series[name] = labels
            continue
        series |= {name + "_bucket": labels | {"le"}, name + "_sum": labels, name + "_count": labels}
    return series
