#include <fmt/format.h>

#include "report/report_query.h"

namespace apiary {
namespace {

constexpr std::size_t max_hosts = 12, max_names = 12;

/// Templates, from the last event of each source, host and port that has one; and services.
constexpr const char* templates =
    "SELECT json ->> '$.apiary.template' AS name, sum(contacts + conversations) AS events, "
    "count(DISTINCT activity.source) FROM activity JOIN events ON number = last_number WHERE "
    "last_number > 0 "
    "GROUP BY name ORDER BY events DESC, name";
constexpr const char* services =
    "SELECT json ->> '$.apiary.service' AS name, count(*) AS events, "
    "count(DISTINCT events.source) FROM period JOIN events USING (number) "
    "WHERE period.kind IN ('note', 'credential') AND period.source IS NOT NULL "
    "AND json ->> '$.apiary.exit' IS NULL "
    "GROUP BY name ORDER BY events DESC, name";

QueryResult rank_names(SqliteDatabase& database, const char* question, Ranked<ReportedName>& into) {
  return each_row(database, question, [&](const SqliteStatement& row) {
    if (++into.all > max_names) return;
    into.rows.push_back({std::string(row.text(0)), count_in(row, 1), count_in(row, 2)});
  });
}

/// A host's template may depend on the visitor: the last reported one is shown.
constexpr char busiest_hosts[] =
    "WITH busiest AS (SELECT host, sum(contacts) AS contacts, sum(conversations) AS conversations, "
    "sum(credentials) AS credentials, count(DISTINCT source) AS sources, max(last_number) AS "
    "last_event "
    "FROM activity GROUP BY host HAVING last_event > 0 "
    "ORDER BY sources DESC, conversations DESC, host LIMIT {}) "
    "SELECT busiest.host, contacts, conversations, credentials, sources, "
    "json ->> '$.apiary.template' FROM busiest JOIN events ON number = last_event "
    "ORDER BY sources DESC, conversations DESC, busiest.host";

}  // namespace

QueryResult query_hosts(SqliteDatabase& database, Report& report) {
  const auto all =
      database.number("SELECT count(DISTINCT host) FROM activity WHERE last_number > 0");
  if (!all) return tl::unexpected(all.error());
  report.hosts_spoken_to.all = static_cast<std::uint64_t>(*all);
  return each_row(database, fmt::format(busiest_hosts, max_hosts), [&](const SqliteStatement& row) {
    report.hosts_spoken_to.rows.push_back(
        {.address = address_of(row.bytes(0)),
         .template_name = std::string(row.text(5)),
         .activity = {count_in(row, 1), count_in(row, 2), count_in(row, 3)},
         .sources = count_in(row, 4)});
  });
}

QueryResult query_names(SqliteDatabase& database, Report& report) {
  const auto ranked = rank_names(database, templates, report.templates);
  return ranked ? rank_names(database, services, report.services) : ranked;
}

}  // namespace apiary
