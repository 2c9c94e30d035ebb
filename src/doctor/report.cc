#include "doctor/report.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/counted.h"
#include "base/json_writer.h"

namespace apiary {
namespace {

std::string_view name_of(CheckStatus verdict) {
  switch (verdict) {
    case CheckStatus::ok:
      return "ok";
    case CheckStatus::warn:
      return "warn";
    case CheckStatus::fail:
      return "fail";
  }
  return "";
}

std::string_view colour_of(CheckStatus verdict) {
  switch (verdict) {
    case CheckStatus::ok:
      return "\033[32m";
    case CheckStatus::warn:
      return "\033[33m";
    case CheckStatus::fail:
      return "\033[1;31m";
  }
  return "";
}

constexpr std::string_view plain = "\033[0m";
constexpr std::string_view bold = "\033[1m";

/// `text` in lines of at most `width` characters, each after the first behind `indent` spaces.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string result;
  std::size_t column = indent;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (column > indent && column + 1 + end > width) {
      result += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      result += ' ';
      ++column;
    }
    result += text.substr(0, end);
    column += end;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

std::string place_of(const Finding& finding) {
  return finding.where.empty() ? "" : "on " + finding.where + ": ";
}

std::string subject_of(const SystemSnapshot& snapshot) {
  std::string subject = snapshot.interface.is_tun ? "tun:" : "";
  subject += snapshot.interface.name.empty() ? "no interface" : snapshot.interface.name;
  const AddressSet& claimed = snapshot.request.claimed;
  if (claimed.empty()) return subject;
  constexpr std::size_t longest = 60;
  std::string addresses = to_string(claimed);
  if (addresses.size() > longest)
    addresses = fmt::format("{}", counted(claimed.ranges().size(), "range"));
  return fmt::format("{}, for {} ({})", subject, addresses, counted(claimed.size(), "address"));
}

/// The last lines: the verdict, and what to do next.
std::string conclusion(const Findings& findings) {
  const auto count = [&](CheckStatus verdict) {
    return static_cast<std::size_t>(std::ranges::count(findings, verdict, &Finding::verdict));
  };
  const CheckStatus worst = status_of(findings);
  const std::size_t bad = count(worst);
  if (worst == CheckStatus::ok)
    return "All checks passed: packets reach the honeypots when apiary runs.\n";
  std::string text = worst == CheckStatus::fail
                         ? fmt::format("{} {}: packets do not reach the honeypots correctly.\n",
                                       bad, bad == 1 ? "check failed" : "checks failed")
                         : fmt::format("Packets reach the honeypots; {}.\n",
                                       bad == 1 ? "there is one warning"
                                                : fmt::format("there are {} warnings", bad));
  const auto next = std::ranges::find_if(findings, [&](const Finding& finding) {
    return finding.verdict == worst && !finding.command.empty();
  });
  if (next != findings.end()) text += fmt::format("Next, {}{}\n", place_of(*next), next->command);
  return text;
}

}  // namespace

CheckStatus status_of(const Findings& findings) {
  CheckStatus worst = CheckStatus::ok;
  for (const Finding& finding : findings) worst = std::max(worst, finding.verdict);
  return worst;
}

std::string report_text(const SystemSnapshot& snapshot, Findings findings, bool coloured,
                        std::size_t width) {
  std::ranges::stable_sort(findings, {}, &Finding::verdict);
  const auto in = [&](std::string_view colour, std::string_view text) {
    return coloured ? fmt::format("{}{}{}", colour, text, plain) : std::string(text);
  };
  constexpr std::size_t indent = 24;
  std::string text = fmt::format("{}\n\n", subject_of(snapshot));
  for (const Finding& finding : findings) {
    text +=
        fmt::format("  {}  {:<15} {}\n",
                    in(colour_of(finding.verdict), fmt::format("{:<4}", name_of(finding.verdict))),
                    finding.check, wrapped(finding.explanation, indent, width));
    if (!finding.command.empty())
      text += fmt::format("{:{}}{}{}\n", "", indent, place_of(finding), in(bold, finding.command));
  }
  return text + "\n" + conclusion(findings);
}

std::string report_json(const SystemSnapshot& snapshot, const Findings& findings) {
  return json_object_text([&](JsonWriter& json) {
           json.member("verdict", name_of(status_of(findings)));
           json.member("interface", snapshot.interface.name);
           json.member("addresses", to_string(snapshot.request.claimed));
           json.begin_array("checks");
           for (const Finding& finding : findings) {
             json.begin_object_element();
             json.member("name", finding.check);
             json.member("verdict", name_of(finding.verdict));
             json.member("explanation", finding.explanation);
             json.member("command", finding.command);
             json.member("where", finding.where);
             json.end_object();
           }
           json.end_array();
         }) +
         "\n";
}

}  // namespace apiary
