"""Every kind of event is as docs/events.schema.json says: schema_test.py RECORD_TEST."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = 77

try:
    import jsonschema
except ImportError:
    print("*** NOT TESTED: python3-jsonschema is not installed ***")
    sys.exit(1 if os.environ.get("CI") else SKIPPED)

schema = json.loads((ROOT / "docs/events.schema.json").read_text())
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(
    schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    if hasattr(jsonschema.Draft202012Validator, "FORMAT_CHECKER") else jsonschema.FormatChecker())

with tempfile.TemporaryDirectory() as folder:
    samples = pathlib.Path(folder) / "samples.jsonl"
    subprocess.run([sys.argv[1], "--gtest_filter=RecordJson.SpellsEveryKind"], check=True,
                   env={**os.environ, "APIARY_SAMPLES": str(samples)}, stdout=subprocess.DEVNULL)
    events = [json.loads(line) for line in samples.read_text().splitlines()]

failures = [f"{event['event']['action']}: {error.json_path}: {error.message}"
            for event in events for error in validator.iter_errors(event)]
seen = {event["event"]["action"] for event in events}
known = set(schema["properties"]["event"]["properties"]["action"]["enum"])
failures += [f"no sample of {kind}" for kind in sorted(known - seen)]
documentation = (ROOT / "docs/events.md").read_text()
failures += [f"docs/events.md does not describe {kind}" for kind in sorted(known)
             if f"| `{kind}` |" not in documentation]

# That it notices anything: an event with something missing, or too much, is none.
for spoil in (lambda event: event.pop("message"), lambda event: event.update(more=1)):
    spoilt = json.loads(json.dumps(events[0]))
    spoil(spoilt)
    if validator.is_valid(spoilt):
        failures.append("the schema takes anything")

print("\n".join(failures))
sys.exit(bool(failures))
