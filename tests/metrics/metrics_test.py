"""The dashboard and the alerts speak of metrics of docs/metrics.md alone, and of all of them."""
import json
import re
import shutil
import subprocess
import sys

from metrics_table import ROOT, read_table, series_of

DASHBOARD = ROOT / "packaging/grafana/apiary-dashboard.json"
ALERTS = ROOT / "packaging/prometheus/apiary-alerts.yml"
OF_PROMETHEUS = {"instance", "job"}  # labels that it gives to every series
USE = re.compile(r"\b(apiary_\w+)(?:\{([^}]*)\})?")
LABEL = re.compile(r"(\w+)\s*[=!]~?=?\s*\"")
GROUPING = re.compile(r"\b(?:by|without|on)\s*\(([^)]*)\)")


def strings_in(value, key):
    """All strings under this key, however deep."""
    if isinstance(value, dict):
        found = [value[key]] if isinstance(value.get(key), str) else []
        value = value.values()
    else:
        found = []
    for part in value if not isinstance(value, str) else ():
        if not isinstance(part, (str, int, float, type(None))):
            found += strings_in(part, key)
    return found


def dashboard_expressions(text):
    dashboard = json.loads(text)
    return strings_in(dashboard, "expr") + strings_in(dashboard["templating"], "query")


def alert_expressions(text):
    """Of each rule, from its `expr:` to the key that follows."""
    return re.findall(r"^ +expr: (.*?)(?=^ +\w+:)", text, re.M | re.S)


def faults_in(expressions, series):
    for expression in expressions:
        known = set(OF_PROMETHEUS)
        for name, selector in USE.findall(expression):
            if name not in series:
                yield f"there is no metric {name}: {expression}"
                continue
            known |= series[name]
            for label in LABEL.findall(selector):
                if label not in series[name] | OF_PROMETHEUS:
                    yield f"{name} has no label {label}: {expression}"
        for labels in GROUPING.findall(expression):
            for label in labels.replace(" ", "").split(","):
                if label not in known:
                    yield f"none of its metrics has a label {label}: {expression}"


def faults(dashboard, alerts, table):
    series = series_of(table)
    expressions = dashboard_expressions(dashboard) + alert_expressions(alerts)
    yield from faults_in(expressions, series)
    used = {name for expression in expressions for name, _ in USE.findall(expression)}
    documentation = (ROOT / "docs/metrics.md").read_text()
    renamed = set(re.findall(r"^\| `(apiary_\w+)` .*\| old name of ", documentation, re.M))
    for name, (kind, _) in table.items():
        if name not in renamed and (name + "_bucket" if kind == "histogram" else name) not in used:
            yield f"neither the dashboard nor an alert shows {name}"
    for alert, rule in re.findall(r"alert: (\w+)(.*?)(?=- alert:|\Z)", alerts, re.S):
        severity = re.search(r"severity: (\w+)", rule)
        if severity is None or f"| `{alert}` | {severity[1]} |" not in documentation:
            yield f"docs/metrics.md does not list {alert} with its severity"
        if not re.search(r"summary: .+\n\s+description: .+", rule):
            yield f"{alert} has no summary, or no description"


def main():
    table, dashboard, alerts = read_table(), DASHBOARD.read_text(), ALERTS.read_text()
    found = list(faults(dashboard, alerts, table))

    # That it notices anything.
    for what, spoilt in (
            ("an unknown metric in the dashboard",
             (dashboard.replace("apiary_udp_flows", "apiary_udp_flow"), alerts, table)),
            ("an unknown metric in an alert",
             (dashboard, alerts.replace("apiary_sink_in_trouble", "apiary_sink_trouble"), table)),
            ("an unknown label", (dashboard.replace("by (protocol)", "by (proto)"), alerts, table)),
            ("an unknown selector", (dashboard, alerts.replace("{kind=", "{type="), table)),
            ("a metric that nothing shows",
             (dashboard, alerts, table | {"apiary_new_total": ("counter", set())})),
            ("an alert without severity", (dashboard, alerts.replace("severity:", "level:"), table))):
        if not set(faults(*spoilt)) - set(found):
            found.append(f"the test does not notice {what}")

    if promtool := shutil.which("promtool"):
        for command in (["check", "rules", ALERTS],
                        ["test", "rules", ALERTS.with_name("apiary-alerts-test.yml")]):
            done = subprocess.run([promtool, *map(str, command)], capture_output=True, text=True)
            if done.returncode != 0:
                found.append(f"promtool {command[0]} rules:\n{done.stdout}{done.stderr}")
    else:
        print("promtool is not here: the alerts' own tests were not run")
    print("\n".join(found) or f"{len(table)} metrics, all known")
    sys.exit(bool(found))


main()
