#include "cli/top_frame.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/counted.h"
#include "base/printable.h"
#include "cli/terminal.h"
#include "posix/local_time.h"

namespace apiary {
namespace {

using Json = nlohmann::json;
using Lines = std::vector<std::string>;

double number(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number() ? found->get<double>() : 0;
}
std::string text(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? safe_text(found->get<std::string>()) : "";
}
const Json& list(const Json& object, const char* name) {
  static const Json nothing = Json::array();
  const auto found = object.find(name);
  return found == object.end() ? nothing : *found;
}

/// "1,234", "56.7k", "8.9M": at most six characters.
std::string brief(double value) {
  if (value < 10'000) return fmt::format("{:.0f}", value);
  if (value < 1e6) return fmt::format("{:.1f}k", value / 1e3);
  if (value < 1e9) return fmt::format("{:.1f}M", value / 1e6);
  return fmt::format("{:.1f}G", value / 1e9);
}

/// "1 host", "12k hosts".
std::string brief_count(double value, std::string_view noun) {
  return brief(value) + " " + noun_for(static_cast<std::uint64_t>(value), noun);
}

/// "12", "~5210" for an estimate, "64+" for at least 64.
std::string brief_distinct(const Json& object, const char* name, const char* how) {
  const std::string counted = text(object, how), shown = brief(number(object, name));
  if (counted == "estimate") return "~" + shown;
  return counted == "at_least" ? shown + "+" : shown;
}

std::string ago(double seconds_passed) {
  const double passed = std::max(seconds_passed, 0.0);
  if (passed < 100) return fmt::format("{:.0f}s", passed);
  if (passed < 6'000) return fmt::format("{:.0f}m", passed / 60);
  if (passed < 48 * 3'600) return fmt::format("{:.0f}h", passed / 3'600);
  return fmt::format("{:.0f}d", passed / 86'400);
}

/// The last values as bars in eighths of a character; the largest has full height.
std::string sparkline(const Json& values, std::size_t columns) {
  static constexpr const char* bars[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const std::size_t shown = std::min(values.size(), columns);
  double highest = 1;
  for (std::size_t i = values.size() - shown; i < values.size(); ++i)
    highest = std::max(highest, values[i].get<double>());
  std::string line;
  for (std::size_t i = values.size() - shown; i < values.size(); ++i)
    line += bars[static_cast<std::size_t>(std::ceil(values[i].get<double>() / highest * 8))];
  return line;
}

/// Builds the frame, line by line.
class Frame {
 public:
  Frame(const TopView& view, const TerminalSize& size, bool with_color)
      : view_(view), size_(size), with_color_(with_color) {}

  std::string paint() {
    add_head();
    add_rates();
    const std::size_t left = size_.rows > lines_.size() ? size_.rows - lines_.size() : 0;
    const std::size_t upper = left / 2;
    add_table("SOURCE            EVENTS CONTACTS  FLOWS  LOGINS  HOSTS  LAST", sources(), upper);
    add_side_by_side(left - upper);
    std::string frame;
    for (std::size_t i = 0; i < std::min(lines_.size(), size_.rows); ++i) frame += lines_[i] + "\n";
    return frame;
  }

 private:
  std::string paint_as(std::string_view color, const std::string& line) const {
    return with_color_ ? fmt::format("{}{}{}", color, line, unstyled) : line;
  }
  std::string cut(const std::string& line, std::size_t columns) const {
    return line.size() <= columns ? line : line.substr(0, columns);
  }
  double rate(const char* name) const {
    if (view_.status_before == nullptr) return 0;
    const Json& before = *view_.status_before;
    const double passed = number(view_.status, "uptime_seconds") - number(before, "uptime_seconds");
    return passed <= 0 ? 0 : (number(view_.status, name) - number(before, name)) / passed;
  }

  void add_head() {
    const Json& s = view_.status;
    lines_.push_back(
        paint_as(bold, cut(fmt::format("apiary {}  up {}  answering for {}  {}, {} UDP  {}",
                                       text(s, "version"), ago(number(s, "uptime_seconds")),
                                       brief_count(number(s, "claimed_addresses"), "address"),
                                       brief_count(number(s, "connections"), "connection"),
                                       brief(number(s, "udp_flows")), time_of_day()),
                           size_.columns)));
    lines_.push_back(cut(fmt::format("in {}/s {}B/s  out {}/s {}B/s  {}  {}",
                                     brief(rate("received_packets")), brief(rate("received_bytes")),
                                     brief(rate("sent_packets")), brief(rate("sent_bytes")),
                                     brief_count(number(s, "processes"), "service"), drops()),
                         size_.columns));
    for (const Json& sink : list(s, "sinks"))
      if (!text(sink, "trouble").empty())
        lines_.push_back(paint_as("\x1b[31m", cut(text(sink, "trouble"), size_.columns)));
  }

  /// "03:15:02+01:00": the time of the daemon's reports.
  std::string time_of_day() const {
    const auto now = static_cast<std::time_t>(number(view_.activity, "now"));
    return now == 0 ? "" : local_time(now, "%H:%M:%S") + utc_offset(now);
  }

  /// The drop reason with the most drops since the last report.
  std::string drops() const {
    const Json& now = list(view_.status, "dropped_packets");
    if (view_.status_before == nullptr) return "";
    const Json& before = list(*view_.status_before, "dropped_packets");
    std::string most;
    double most_new = 0;
    for (const auto& [reason, count] : now.items()) {
      const double added =
          count.get<double>() - (before.is_object() ? number(before, reason.c_str()) : 0);
      if (added > most_new) {
        most_new = added;
        most = reason;
        std::replace(most.begin(), most.end(), '_', ' ');
      }
    }
    return most.empty() ? "nothing dropped"
                        : fmt::format("dropped {}: {}", brief(most_new), safe_text(most));
  }

  void add_rates() {
    const Json& rates = list(view_.activity, "rates");
    const Json& events = list(rates, "events");
    const double last = events.empty() ? 0 : events.back().get<double>();
    const std::string label = fmt::format("{:>6} events/s ", brief(last));
    const std::size_t room = size_.columns > label.size() ? size_.columns - label.size() : 0;
    lines_.push_back(label + paint_as("\x1b[33m", sparkline(events, room)));
    lines_.emplace_back();
  }

  void add_table(const std::string& head, const Lines& rows, std::size_t room) {
    if (room == 0) return;
    lines_.push_back(paint_as(dim, cut(head, size_.columns)));
    if (rows.empty()) lines_.push_back("none yet");
    for (std::size_t i = 0; i < rows.size() && i + 2 < room; ++i)
      lines_.push_back(cut(rows[i], size_.columns));
    lines_.emplace_back();
  }

  void add_side_by_side(std::size_t room) {
    const std::vector<std::pair<std::string, Lines>> tables = {
        {"PORT", ports()}, {"HOST", hosts()}, {"TRIED", credentials()}};
    const std::size_t width = size_.columns / tables.size();
    for (std::size_t row = 0; row + 1 < room; ++row) {
      std::string line;
      bool is_empty = true;
      for (const auto& [head, rows] : tables) {
        const std::string cell = row == 0 ? head : row <= rows.size() ? rows[row - 1] : "";
        is_empty = is_empty && cell.empty();
        line += fmt::format("{:<{}} ", cut(cell, width - 1), width - 1);
      }
      if (is_empty) return;
      lines_.push_back(row == 0 ? paint_as(dim, line) : line);
    }
  }

  Lines sources() const {
    Lines rows;
    const double now = number(view_.activity, "now");
    for (const Json& each : list(view_.activity, "sources"))
      rows.push_back(fmt::format(
          "{:<16} {:>7} {:>8} {:>6} {:>7} {:>6} {:>5}", text(each, "address"),
          brief(number(each, "events")), brief(number(each, "contacts")),
          brief(number(each, "flows")), brief(number(each, "credentials")),
          brief_distinct(each, "hosts", "hosts_counted"), ago(now - number(each, "last"))));
    return rows;
  }
  Lines ports() const {
    Lines rows;
    for (const Json& each : list(view_.activity, "ports"))
      rows.push_back(fmt::format("{:>7}  {} {:.0f}", brief(number(each, "count")),
                                 text(each, "protocol"), number(each, "port")));
    return rows;
  }
  Lines hosts() const {
    Lines rows;
    for (const Json& each : list(view_.activity, "hosts"))
      rows.push_back(fmt::format("{:>7}  {}", brief(number(each, "count")), text(each, "address")));
    return rows;
  }
  Lines credentials() const {
    Lines rows;
    for (const Json& each : list(view_.activity, "credentials"))
      rows.push_back(fmt::format("{:>7}  {} / {}", brief(number(each, "count")), text(each, "user"),
                                 text(each, "password")));
    return rows;
  }

  const TopView& view_;
  const TerminalSize size_;
  const bool with_color_;
  Lines lines_;
};

}  // namespace

std::string top_frame(const TopView& view, const TerminalSize& size, bool with_color) {
  return Frame(view, size, with_color).paint();
}

}  // namespace apiary
