#include <algorithm>
#include <ctime>
#include <numeric>

#include "report/report_html.h"

namespace apiary {
namespace {

// A lane has its own units, and is stretched to the available width.
constexpr std::uint64_t stretch_width = 10, bar_width = 8, lane_height = 1'000;
constexpr std::uint64_t least_bar = 40;  // so that a single event is visible
constexpr std::size_t max_ticks = 7;

struct Tick {
  std::uint64_t per_mille = 0;  // of the width
  Instant at{};
};

/// Full hours or days of local time.
std::vector<Tick> ticks_of(const Timeline& timeline, Duration& step) {
  const Duration span = timeline.stretch * static_cast<std::int64_t>(timeline.lanes[0].size());
  for (const Duration candidate :
       {Duration{minutes{1}}, Duration{minutes{5}}, Duration{minutes{15}}, Duration{hours{1}},
        Duration{hours{3}}, Duration{hours{6}}, Duration{hours{12}}, Duration{hours{24}}}) {
    step = candidate;
    if (span / step <= static_cast<std::int64_t>(max_ticks)) break;
  }
  while (span / step > static_cast<std::int64_t>(max_ticks)) step += hours{24};

  const std::time_t whole = std::chrono::floor<seconds>(timeline.begin.time_since_epoch()).count();
  std::tm parts{};
  localtime_r(&whole, &parts);
  const Duration offset = seconds{parts.tm_gmtoff};
  const Instant first{(timeline.begin.time_since_epoch() + offset) / step * step + step - offset};
  std::vector<Tick> ticks;
  for (Instant at = first; at < timeline.begin + span; at += step)
    ticks.push_back({static_cast<std::uint64_t>((at - timeline.begin) / (span / 1'000)), at});
  return ticks;
}

void write_lane(HtmlWriter& html, const Timeline& timeline, Timeline::Lane lane,
                const std::vector<Tick>& ticks) {
  constexpr std::string_view names[] = {"Contacts", "Conversations", "Credentials", "Scans"};
  constexpr std::string_view colors[] = {"contacts", "conversations", "credentials", "scans"};
  const auto& numbers = timeline.lanes[lane];
  const std::uint64_t most = *std::max_element(numbers.begin(), numbers.end());
  const std::uint64_t width = numbers.size() * stretch_width;
  html.markup("<div class=\"lane\"><div><b>").text(names[lane]).markup("</b><span class=\"dim\">");
  html.number(std::accumulate(numbers.begin(), numbers.end(), std::uint64_t{0}));
  if (most > 0)
    html.markup(", at most ").number(most).markup(" in ").text(span_words(timeline.stretch));
  html.markup("</span></div>\n<svg viewBox=\"0 0 ").digits(width).markup(" ").digits(lane_height);
  html.markup("\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"").text(names[lane]);
  html.markup(" over time\" fill=\"var(--").text(colors[lane]).markup(")\">");
  for (const Tick& tick : ticks)
    html.markup("<path d=\"M").digits(tick.per_mille * width / 1'000).markup(" 0V1000\"/>");
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i] == 0) continue;
    const std::uint64_t height = std::max(least_bar, numbers[i] * lane_height / most);
    html.markup("<rect x=\"").digits(i * stretch_width + 1).markup("\" y=\"");
    html.digits(lane_height - height).markup("\" width=\"").digits(bar_width);
    html.markup("\" height=\"").digits(height).markup("\"><title>");
    html.time(timeline.begin + timeline.stretch * static_cast<std::int64_t>(i)).markup(": ");
    html.number(numbers[i]).markup("</title></rect>");
  }
  html.markup("</svg></div>\n");
}

}  // namespace

void write_timeline(HtmlWriter& html, const Timeline& timeline) {
  Duration step{};
  const auto ticks = ticks_of(timeline, step);
  html.markup("<section>\n<h2>Timeline</h2>\n<figure>\n");
  for (int lane = 0; lane < Timeline::lane_count; ++lane)
    write_lane(html, timeline, static_cast<Timeline::Lane>(lane), ticks);
  html.markup("<div class=\"axis\">");
  for (const Tick& tick : ticks) {
    if (tick.per_mille < 25 || tick.per_mille > 975) continue;  // half of it would be outside
    const bool is_midnight = local_time(tick.at, "%H:%M") == "00:00";
    html.markup("<span style=\"left:").digits(tick.per_mille / 10).markup(".");
    html.digits(tick.per_mille % 10).markup("%\">");
    html.text(local_time(tick.at, is_midnight ? "%-d %b" : "%H:%M")).markup("</span>");
  }
  html.markup("</div>\n</figure>\n</section>\n");
}

}  // namespace apiary
