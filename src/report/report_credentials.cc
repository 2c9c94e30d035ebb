#include <fmt/format.h>

#include "report/report_query.h"

namespace apiary {
namespace {

constexpr std::size_t max_credentials = 30, max_new_credentials = 20;

/// Each pair of name and password. They are compared by all of their bytes, in base64.
constexpr const char* make_all_credentials = R"(
CREATE TEMP TABLE tried AS
  SELECT json ->> '$.apiary.credential.user.base64' AS user,
         json ->> '$.apiary.credential.password.base64' AS password,
         count(*) AS tries, count(DISTINCT events.source) AS sources
  FROM period JOIN events USING (number) WHERE period.kind = 'credential' GROUP BY 1, 2;
CREATE TEMP TABLE known_credentials AS
  SELECT DISTINCT json ->> '$.apiary.credential.user.base64' AS user,
         json ->> '$.apiary.credential.password.base64' AS password
  FROM events WHERE number <= (SELECT max(number) FROM events WHERE at < {0}) AND +at < {0}
    AND kind = 'credential' AND (SELECT count(*) FROM tried) > 0;
CREATE TEMP TABLE all_credentials AS
  SELECT tried.*, (user, password) NOT IN (SELECT * FROM known_credentials)
         AND (SELECT min(at) FROM events) < {0} AS is_new
  FROM tried ORDER BY tries DESC, user, password;
)";

QueryResult rank(SqliteDatabase& database, bool only_new, std::size_t limit,
                 Ranked<ReportedCredential>& into) {
  const RankedRows rows{"all_credentials", "user, password, tries, sources, is_new", limit};
  return each_ranked_row(database, rows, only_new, into.all, [&](const SqliteStatement& row) {
    into.rows.push_back({.user = stored_bytes(row.text(0)),
                         .password = stored_bytes(row.text(1)),
                         .tries = count_in(row, 2),
                         .sources = count_in(row, 3),
                         .is_new = row.integer(4) != 0});
  });
}

}  // namespace

QueryResult query_credentials(SqliteDatabase& database, Report& report) {
  const std::string statements =
      fmt::format(make_all_credentials, report.since.time_since_epoch().count());
  if (auto made = database.execute(statements.c_str()); !made) return made;
  if (auto ranked = rank(database, false, max_credentials, report.credentials); !ranked)
    return ranked;
  return rank(database, true, max_new_credentials, report.new_credentials);
}

}  // namespace apiary
