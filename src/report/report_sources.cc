#include <fmt/format.h>

#include <algorithm>

#include "report/report_query.h"

namespace apiary {
namespace {

constexpr std::size_t max_sources = 25, max_new_sources = 12;

/// Each source and its activity. A scan has several events, each with totals since its start. Older
/// events are searched once, for these sources only.
constexpr const char* make_what_they_did = R"(
CREATE TEMP TABLE all_scans AS
  SELECT events.source, json ->> '$.event.start' AS began, min(events.at) AS at,
         min(events.at - (json ->> '$.event.duration')) AS began_at,
         max(json ->> '$.apiary.scan.hosts') AS hosts, max(json ->> '$.apiary.scan.ports') AS ports,
         max(CASE json ->> '$.apiary.scan.hosts_counted' WHEN 'at_least' THEN 2
             WHEN 'estimate' THEN 1 ELSE 0 END) AS hosts_how,
         max(CASE json ->> '$.apiary.scan.ports_counted' WHEN 'at_least' THEN 2
             WHEN 'estimate' THEN 1 ELSE 0 END) AS ports_how
  FROM period JOIN events USING (number) WHERE period.kind = 'scan' GROUP BY 1, 2;
CREATE TEMP TABLE scans AS
  SELECT source, count(*) AS scans, min(began_at) AS began_at, max(hosts) AS hosts,
         max(ports) AS ports, max(hosts_how) AS hosts_how, max(ports_how) AS ports_how
  FROM all_scans GROUP BY source;
CREATE TEMP TABLE did AS
  SELECT source, sum(contacts) AS contacts, sum(conversations) AS conversations,
         sum(credentials) AS credentials, count(DISTINCT host) AS hosts,
         count(DISTINCT host_port) AS ports, min(first) AS first, max(last) AS last
  FROM activity GROUP BY source;
)";
/// The same, in the order of the report. A source is new if the store has only older events of
/// others.
constexpr const char* make_ranked_sources = R"(
CREATE TEMP TABLE known_sources AS SELECT DISTINCT source FROM events
  WHERE number <= (SELECT max(number) FROM events WHERE at < {0}) AND +at < {0}
    AND source IN (SELECT source FROM did);
CREATE TEMP TABLE all_sources AS
  SELECT did.*, ifnull(scans, 0) AS scans, ifnull(scans.hosts, 0) AS scanned_hosts,
         ifnull(scans.ports, 0) AS scanned_ports, hosts_how, ports_how,
         -- Of several scans, or a scan and what was before it, nobody knows what they have in common.
         ifnull(scans > 1 OR began_at > did.first, 0) AS is_several,
         did.source NOT IN (SELECT source FROM known_sources)
         AND (SELECT min(at) FROM events) < {0} AS is_new
  FROM did LEFT JOIN scans USING (source)
  ORDER BY credentials DESC, conversations DESC, scanned_hosts DESC, contacts DESC, first;
)";

/// The targets of a source: contacted one by one, and scanned, for which only numbers are known.
/// The last column is how the scans count.
Distinct united(const SqliteStatement& row, int one_by_one_column, int scanned, int how) {
  const std::uint64_t one_by_one = count_in(row, one_by_one_column),
                      by_scans = count_in(row, scanned);
  if (by_scans == 0) return {one_by_one};
  const bool is_several = row.integer(12) != 0 || one_by_one > by_scans;
  return {std::max(one_by_one, by_scans),
          is_several ? Distinct::How::at_least : static_cast<Distinct::How>(row.integer(how) % 3)};
}

QueryResult rank(SqliteDatabase& database, bool only_new, std::size_t limit,
                 Ranked<ReportedSource>& into) {
  const RankedRows rows{"all_sources",
                        "source, first, last, contacts, conversations, credentials, hosts, ports, "
                        "scanned_hosts, scanned_ports, hosts_how, ports_how, is_several, scans, "
                        "is_new",
                        limit};
  return each_ranked_row(database, rows, only_new, into.all, [&](const SqliteStatement& row) {
    into.rows.push_back({.address = address_of(row.bytes(0)),
                         .first = stored_time(row.integer(1)),
                         .last = stored_time(row.integer(2)),
                         .activity = {count_in(row, 3), count_in(row, 4), count_in(row, 5)},
                         .hosts = united(row, 6, 8, 10),
                         .ports = united(row, 7, 9, 11),
                         .scans = count_in(row, 13),
                         .is_new = row.integer(14) != 0});
  });
}

/// The hosts that all sources together contacted.
QueryResult unite_hosts(SqliteDatabase& database, Report& report) {
  const auto scanned = database.number("SELECT ifnull(max(hosts), 0) FROM scans");
  if (!scanned) return tl::unexpected(scanned.error());
  if (report.sources.all == 1)
    report.hosts = report.sources.rows.front().hosts;
  else if (*scanned > 0)
    report.hosts = {std::max(report.hosts.number, static_cast<std::uint64_t>(*scanned)),
                    Distinct::How::at_least};
  return {};
}

}  // namespace

QueryResult query_sources(SqliteDatabase& database, Report& report) {
  const std::string ranked_sources =
      fmt::format(make_ranked_sources, report.since.time_since_epoch().count());
  for (const char* const statements : {make_what_they_did, ranked_sources.c_str()})
    if (auto made = database.execute(statements); !made) return made;
  const auto scans = database.number("SELECT count(*) FROM all_scans");
  if (!scans) return tl::unexpected(scans.error());
  report.scans = static_cast<std::uint64_t>(*scans);
  if (auto ranked = rank(database, false, max_sources, report.sources); !ranked) return ranked;
  if (auto united = unite_hosts(database, report); !united) return united;
  return rank(database, true, max_new_sources, report.new_sources);
}

}  // namespace apiary
