#include <fmt/format.h>

#include "ask/report_query.h"

namespace apiary {
namespace {

constexpr std::size_t sources_at_most = 25, new_sources_at_most = 12;

/// Each source with what it did. A scan is told several times while it goes on, each time of all of
/// it so far. What was there before is looked through once, for these sources alone.
constexpr const char* make_what_they_did = R"(
CREATE TEMP TABLE all_scans AS
  SELECT events.source, json ->> '$.event.start' AS began, min(events.at) AS at,
         max(json ->> '$.apiary.scan.hosts') AS hosts, max(json ->> '$.apiary.scan.ports') AS ports
  FROM period JOIN events USING (number) WHERE period.kind = 'scan' GROUP BY 1, 2;
CREATE TEMP TABLE largest_scans AS
  SELECT source, max(hosts) AS hosts, max(ports) AS ports FROM all_scans GROUP BY source;
CREATE TEMP TABLE did AS
  SELECT source, sum(contacts) AS contacts, sum(conversations) AS conversations,
         sum(credentials) AS credentials, count(DISTINCT host) AS hosts,
         count(DISTINCT host_port) AS ports, min(first) AS first, max(last) AS last
  FROM activity GROUP BY source;
)";
/// The same, in the order in which they are shown. One is new when the store has had others before.
constexpr const char* make_ranked_sources = R"(
CREATE TEMP TABLE known_sources AS SELECT DISTINCT source FROM events
  WHERE number <= (SELECT max(number) FROM events WHERE at < {0}) AND +at < {0}
    AND source IN (SELECT source FROM did);
CREATE TEMP TABLE all_sources AS
  SELECT did.*, ifnull(largest_scans.hosts, 0) AS scanned_hosts,
         ifnull(largest_scans.ports, 0) AS scanned_ports,
         did.source NOT IN (SELECT source FROM known_sources)
         AND (SELECT min(at) FROM events) < {0} AS is_new
  FROM did LEFT JOIN largest_scans USING (source)
  ORDER BY credentials DESC, conversations DESC, scanned_hosts DESC, contacts DESC, first;
)";

Asked rank(SqliteDatabase& database, bool only_new, std::size_t at_most,
           Ranked<ReportedSource>& into) {
  const RankedRows rows{"all_sources",
                        "source, first, last, contacts, conversations, credentials, hosts, ports, "
                        "scanned_hosts, scanned_ports, is_new",
                        at_most};
  return each_ranked_row(database, rows, only_new, into.all, [&](const SqliteStatement& row) {
    into.rows.push_back({.address = address_of(row.bytes(0)),
                         .first = stored_time(row.integer(1)),
                         .last = stored_time(row.integer(2)),
                         .activity = {count_in(row, 3), count_in(row, 4), count_in(row, 5)},
                         .hosts = count_in(row, 6),
                         .ports = count_in(row, 7),
                         .scanned_hosts = count_in(row, 8),
                         .scanned_ports = count_in(row, 9),
                         .is_new = row.integer(10) != 0});
  });
}

}  // namespace

Asked ask_sources(SqliteDatabase& database, Report& report) {
  const std::string ranked_sources =
      fmt::format(make_ranked_sources, report.since.time_since_epoch().count());
  for (const char* const statements : {make_what_they_did, ranked_sources.c_str()})
    if (auto made = database.execute(statements); !made) return made;
  const auto scans = database.number("SELECT count(*) FROM all_scans");
  if (!scans) return tl::unexpected(scans.error());
  report.scans = static_cast<std::uint64_t>(*scans);
  if (auto ranked = rank(database, false, sources_at_most, report.sources); !ranked) return ranked;
  return rank(database, true, new_sources_at_most, report.new_sources);
}

}  // namespace apiary
