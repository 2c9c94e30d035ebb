#pragma once

namespace apiary {

/// The schema of the SQLite store, which docs/events.md documents. user_version is its version.
inline constexpr int store_version = 1;
inline constexpr const char* store_schema = R"(
CREATE TABLE IF NOT EXISTS events (
  number      INTEGER PRIMARY KEY,  -- in the order of emission
  at          INTEGER NOT NULL,     -- nanoseconds since 1970, UTC
  kind        TEXT NOT NULL,        -- event.action
  source      BLOB,                 -- 16 bytes, IPv4 as ::ffff:a.b.c.d; NULL: none
  source_port INTEGER,
  host        BLOB,
  host_port   INTEGER,
  transport   TEXT,
  json        TEXT NOT NULL         -- the whole event, as in the JSON lines
);
CREATE INDEX IF NOT EXISTS events_at ON events (at);
CREATE VIEW IF NOT EXISTS readable AS
  SELECT number, json ->> '$.@timestamp' AS time, kind, json ->> '$.source.ip' AS source,
         json ->> '$.destination.ip' AS host, host_port, json ->> '$.message' AS message
  FROM events;
)";

}  // namespace apiary
