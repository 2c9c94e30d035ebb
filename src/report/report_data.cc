#include "report/report_data.h"

#include <fmt/format.h>

#include <algorithm>

#include "event/base64.h"
#include "report/report_query.h"

namespace apiary {
namespace {

constexpr std::size_t max_problems = 8;

/// Caches what is read several times, and reads one snapshot.
constexpr const char* settings =
    "PRAGMA mmap_size = 2147418112; PRAGMA cache_size = -65536; "
    "PRAGMA temp.cache_size = -131072; BEGIN;";

constexpr const char* make_activity = R"(
CREATE TEMP TABLE activity AS
  SELECT source, host, transport, host_port, sum(kind = 'contact') AS contacts,
         sum(kind = 'flow_start') AS conversations, sum(kind = 'credential') AS credentials,
         min(at) AS first, max(at) AS last,
         max(iif(kind IN ('contact', 'flow_start'), number, 0)) AS last_number
  FROM period WHERE source IS NOT NULL GROUP BY 1, 2, 3, 4;
)";

/// Copies the columns that the queries need, a tenth of the store. Queries of the copy are many
/// times faster.
QueryResult copy_period(SqliteDatabase& database, const Report& report) {
  const std::int64_t since = report.since.time_since_epoch().count();
  const auto first = database.number(
      fmt::format("SELECT ifnull(min(number), 0) FROM events WHERE at >= {}", since));
  if (!first) return tl::unexpected(first.error());
  // By number, the order on disk; the index of times would read them one by one.
  const auto copied = database.execute(
      fmt::format("CREATE TEMP TABLE period AS SELECT number, at, kind, source, source_port, host, "
                  "host_port, transport FROM events WHERE number >= {} AND +at >= {}",
                  *first, since)
          .c_str());
  return copied ? database.execute(make_activity) : copied;
}

/// Events that the store lacks, as the daemon reported.
QueryResult query_troubles(SqliteDatabase& database, Report& report) {
  return each_row(
      database,
      "SELECT iif(period.kind = 'limit', coalesce(json ->> '$.apiary.limit.description', json ->> "
      "'$.apiary.limit.reason'), "
      "'events lost by ' || (json ->> '$.apiary.lost.sink')), "
      "sum(iif(period.kind = 'limit', json ->> '$.apiary.limit.count', (SELECT sum(value) FROM "
      "json_each(events.json, '$.apiary.lost.counts')))) AS times FROM period JOIN events USING "
      "(number) "
      "WHERE period.kind IN ('limit', 'events_lost') GROUP BY 1 ORDER BY times DESC",
      [&](const SqliteStatement& row) {
        if (++report.problems.all > max_problems) return;
        report.problems.rows.push_back({std::string(row.text(0)), count_in(row, 1)});
      });
}

}  // namespace

QueryResult each_row(SqliteDatabase& database, std::string_view statement,
                     const std::function<void(const SqliteStatement&)>& row) {
  auto prepared = database.prepare(statement);
  if (!prepared) return tl::unexpected(prepared.error());
  while (true) {
    const auto stepped = prepared->step();
    if (!stepped) return tl::unexpected(stepped.error());
    if (!*stepped) return {};
    row(*prepared);
  }
}

QueryResult each_ranked_row(SqliteDatabase& database, const RankedRows& rows, bool only_new,
                            std::uint64_t& all,
                            const std::function<void(const SqliteStatement&)>& row) {
  const std::string from = fmt::format("FROM {}{}", rows.table, only_new ? " WHERE is_new" : "");
  const auto count = database.number("SELECT count(*) " + from);
  if (!count) return tl::unexpected(count.error());
  all = static_cast<std::uint64_t>(*count);
  return each_row(
      database, fmt::format("SELECT {} {} ORDER BY rowid LIMIT {}", rows.columns, from, rows.limit),
      row);
}

std::uint64_t count_in(const SqliteStatement& row, int column) {
  return static_cast<std::uint64_t>(row.integer(column));
}

std::string stored_bytes(std::string_view base64) {
  return from_base64(base64).value_or(std::string(base64));
}

Instant stored_time(std::int64_t nanoseconds_since_1970) {
  return Instant{nanoseconds{nanoseconds_since_1970}};
}

QueryResult query_totals(SqliteDatabase& database, Report& report) {
  const auto spans =
      each_row(database, "SELECT (SELECT min(at) FROM events), (SELECT max(at) FROM period)",
               [&](const SqliteStatement& row) {
                 report.oldest = stored_time(row.integer(0));
                 report.until = std::max(report.until, stored_time(row.integer(1)));
               });
  if (!spans) return spans;
  report.has_before = report.oldest != Instant{} && report.oldest < report.since;
  const auto named = each_row(
      database, "SELECT json ->> '$.observer.hostname' FROM events ORDER BY number DESC LIMIT 1",
      [&](const SqliteStatement& row) { report.hostname = row.text(0); });
  if (!named) return named;
  return each_row(database,
                  "SELECT (SELECT count(*) FROM period), count(DISTINCT host), sum(contacts), "
                  "sum(conversations), sum(credentials) FROM activity",
                  [&](const SqliteStatement& row) {
                    report.events = count_in(row, 0);
                    report.hosts.number = count_in(row, 1);
                    report.total = {count_in(row, 2), count_in(row, 3), count_in(row, 4)};
                  });
}

tl::expected<Report, SystemError> collect_report(StoreReader& store, Instant since, Instant now) {
  Report report{.since = since, .until = now};
  SqliteDatabase& database = store.database();
  if (auto begun = database.execute(settings); !begun) return tl::unexpected(begun.error());
  if (auto copied = copy_period(database, report); !copied) return tl::unexpected(copied.error());
  for (const auto ask : {query_totals, query_sources, query_ports, query_hosts, query_names,
                         query_credentials, query_timeline, query_transcripts, query_troubles})
    if (auto asked = ask(database, report); !asked) return tl::unexpected(asked.error());
  if (auto ended = database.execute("COMMIT"); !ended) return tl::unexpected(ended.error());
  return report;
}

}  // namespace apiary
