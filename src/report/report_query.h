#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "report/report_data.h"

namespace apiary {

/// The queries of a report, each in its own file. They share temporary tables of the connection:
///   period       the events of the reported time, without their JSON
///   activity     what each source did with each port of each host; `last_number` is that of the
///                last contact or conversation, 0 if there was none
///   all_sources  a row for each source; likewise
///   all_scans, all_ports, all_credentials
using QueryResult = tl::expected<void, SystemError>;

/// Calls `row` with each row of the statement.
QueryResult each_row(SqliteDatabase& database, std::string_view statement,
                     const std::function<void(const SqliteStatement&)>& row);

/// Calls `row` with the first rows of one of the shared tables, and returns the number of all.
struct RankedRows {
  const char* table;
  const char* columns;
  std::size_t limit;
};
QueryResult each_ranked_row(SqliteDatabase& database, const RankedRows& rows, bool only_new,
                            std::uint64_t& all,
                            const std::function<void(const SqliteStatement&)>& row);

/// A column with a number.
std::uint64_t count_in(const SqliteStatement& row, int column);
/// The bytes that the store has as base64; other text is returned unchanged.
std::string stored_bytes(std::string_view base64);
Instant stored_time(std::int64_t nanoseconds_since_1970);

QueryResult query_totals(SqliteDatabase& database, Report& report);
QueryResult query_sources(SqliteDatabase& database, Report& report);
QueryResult query_ports(SqliteDatabase& database, Report& report);
QueryResult query_hosts(SqliteDatabase& database, Report& report);
QueryResult query_names(SqliteDatabase& database, Report& report);
QueryResult query_credentials(SqliteDatabase& database, Report& report);
QueryResult query_timeline(SqliteDatabase& database, Report& report);
QueryResult query_transcripts(SqliteDatabase& database, Report& report);

}  // namespace apiary
