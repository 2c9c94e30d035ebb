#include <fmt/format.h>

#include <algorithm>

#include "report/report_query.h"

namespace apiary {
namespace {

/// The shortest usual interval that divides `span` into no more parts than a timeline shows.
Duration run_for(Duration span) {
  const auto fits = [&](Duration stretch) {
    return span / stretch + 2 <= static_cast<std::int64_t>(Timeline::max_runs);
  };
  for (const Duration stretch :
       {Duration{minutes{1}}, Duration{minutes{5}}, Duration{minutes{15}}, Duration{minutes{30}},
        Duration{hours{1}}, Duration{hours{2}}, Duration{hours{6}}, Duration{hours{12}}})
    if (fits(stretch)) return stretch;
  Duration stretch = hours{24};
  while (!fits(stretch)) stretch += hours{24};
  return stretch;
}

}  // namespace

QueryResult query_timeline(SqliteDatabase& database, Report& report) {
  const auto first = database.number("SELECT ifnull(min(at), 0) FROM period");
  if (!first) return tl::unexpected(first.error());
  // Leaves out the time before the first event; a day is always shown whole.
  const Instant begin =
      report.events == 0
          ? report.since
          : std::max(report.since, std::min(stored_time(*first), report.until - hours{24}));
  Timeline& timeline = report.timeline;
  timeline.stretch = run_for(report.until - begin);
  timeline.begin = Instant{begin.time_since_epoch() / timeline.stretch * timeline.stretch};
  const auto stretches =
      static_cast<std::size_t>((report.until - timeline.begin) / timeline.stretch + 1);
  for (auto& lane : timeline.lanes) lane.resize(stretches);
  return each_row(
      database,
      fmt::format("SELECT CASE kind WHEN 'contact' THEN {} WHEN 'flow_start' THEN {} ELSE {} END, "
                  "(at - {}) / {} AS stretch, count(*) FROM period "
                  "WHERE kind IN ('contact', 'flow_start', 'credential') GROUP BY kind, stretch "
                  "UNION ALL SELECT {}, (at - {}) / {} AS stretch, count(*) FROM all_scans "
                  "GROUP BY stretch",
                  +Timeline::contacts, +Timeline::conversations, +Timeline::credentials,
                  timeline.begin.time_since_epoch().count(), timeline.stretch.count(),
                  +Timeline::scans, timeline.begin.time_since_epoch().count(),
                  timeline.stretch.count()),
      [&](const SqliteStatement& row) {
        auto& lane = timeline.lanes[static_cast<std::size_t>(row.integer(0))];
        const auto stretch = static_cast<std::size_t>(row.integer(1));
        if (stretch < lane.size()) lane[stretch] = count_in(row, 2);
      });
}

}  // namespace apiary
