#include <fmt/format.h>

#include "report/report_query.h"

namespace apiary {
namespace {

constexpr std::size_t max_ports = 20, max_new_ports = 24;

constexpr const char* make_all_ports = R"(
CREATE TEMP TABLE ports_used AS
  SELECT transport, host_port AS port, sum(contacts) AS contacts,
         sum(conversations) AS conversations, sum(credentials) AS credentials,
         count(DISTINCT source) AS sources
  FROM activity WHERE host_port IS NOT NULL AND contacts + conversations + credentials > 0
  GROUP BY 1, 2;
CREATE TEMP TABLE known_ports AS SELECT DISTINCT transport, host_port FROM events
  WHERE number <= (SELECT max(number) FROM events WHERE at < {0}) AND +at < {0}
    AND kind IN ('contact', 'flow_start', 'credential')
    AND (transport, host_port) IN (SELECT transport, port FROM ports_used);
CREATE TEMP TABLE all_ports AS
  SELECT ports_used.*, (transport, port) NOT IN (SELECT * FROM known_ports)
         AND (SELECT min(at) FROM events) < {0} AS is_new
  FROM ports_used ORDER BY sources DESC, conversations DESC, transport, port;
)";

QueryResult rank(SqliteDatabase& database, bool only_new, std::size_t limit,
                 Ranked<ReportedPort>& into) {
  const RankedRows rows{
      "all_ports", "transport, port, contacts, conversations, credentials, sources, is_new", limit};
  return each_ranked_row(database, rows, only_new, into.all, [&](const SqliteStatement& row) {
    into.rows.push_back({.transport = std::string(row.text(0)),
                         .number = static_cast<std::uint16_t>(row.integer(1)),
                         .activity = {count_in(row, 2), count_in(row, 3), count_in(row, 4)},
                         .sources = count_in(row, 5),
                         .is_new = row.integer(6) != 0});
  });
}

}  // namespace

QueryResult query_ports(SqliteDatabase& database, Report& report) {
  const std::string statements =
      fmt::format(make_all_ports, report.since.time_since_epoch().count());
  if (auto made = database.execute(statements.c_str()); !made) return made;
  if (auto ranked = rank(database, false, max_ports, report.ports); !ranked) return ranked;
  return rank(database, true, max_new_ports, report.new_ports);
}

}  // namespace apiary
