#include "audit/audit_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/counted.h"
#include "base/json_writer.h"
#include "base/printable.h"

namespace apiary {
namespace {

constexpr std::size_t first_hosts = 3;

std::string_view colour_of_verdict(TellVerdict verdict) {
  switch (verdict) {
    case TellVerdict::pass:
      return "\033[32m";
    case TellVerdict::warn:
      return "\033[33m";
    case TellVerdict::fail:
      return "\033[1;31m";
    case TellVerdict::not_applicable:
    case TellVerdict::not_run:
      return "\033[2m";
  }
  return "";
}

/// "10.0.0.1, 10.0.0.2 and 7 more"; empty without hosts.
std::string names_of(const std::vector<IpAddress>& hosts) {
  std::string text;
  for (std::size_t i = 0; i < std::min(hosts.size(), first_hosts); ++i)
    text += fmt::format("{}{}", i == 0 ? "" : ", ", to_string(hosts[i]));
  if (hosts.size() > first_hosts) text += fmt::format(" and {} more", hosts.size() - first_hosts);
  return text;
}

std::size_t count_of(const AuditReport& report, TellVerdict verdict) {
  return static_cast<std::size_t>(std::ranges::count_if(
      report.tells, [&](const JudgedTell& judged) { return judged.result.verdict == verdict; }));
}

bool is_bad(TellVerdict verdict) {
  return verdict == TellVerdict::warn || verdict == TellVerdict::fail;
}

std::string scope_of(const AuditReport& report) {
  if (report.hosts == report.candidates) return counted(report.hosts, "host");
  return fmt::format("{} of {}", report.hosts, counted(report.candidates, "host"));
}

}  // namespace

AuditReport judge_all(std::string subject, const Observations& observations,
                      const AuditKnowledge& knowledge) {
  AuditReport report{std::move(subject), {}, observations.hosts.size(), observations.candidates};
  for (const Tell& tell : all_tells())
    report.tells.push_back({&tell, tell.judge(observations, knowledge)});
  return report;
}

std::optional<int> score_of(const AuditReport& report) {
  const std::size_t passes = count_of(report, TellVerdict::pass);
  const std::size_t warnings = count_of(report, TellVerdict::warn);
  const std::size_t judged = passes + warnings + count_of(report, TellVerdict::fail);
  if (judged == 0) return {};
  return static_cast<int>((2 * passes + warnings) * 100 / (2 * judged));
}

bool has_failures(const AuditReport& report) { return count_of(report, TellVerdict::fail) > 0; }

std::string audit_text(const AuditReport& report, bool coloured) {
  std::string text = fmt::format("{}: {}\n\n", report.subject, scope_of(report));
  for (const auto& [tell, result] : report.tells) {
    const std::string verdict = fmt::format("{:<14}", name_of(result.verdict));
    text += fmt::format(
        "{:<4}{}  {:<24}{}\n", tell->id,
        coloured ? fmt::format("{}{}\033[0m", colour_of_verdict(result.verdict), verdict) : verdict,
        tell->name,
        result.explanation.empty() ? counted(result.examined, "host") + " examined"
                                   : printable(result.explanation));
    if (!is_bad(result.verdict)) continue;
    constexpr std::size_t indent = 20;
    if (const std::string hosts = names_of(result.hosts); !hosts.empty())
      text += fmt::format("{:{}}hosts: {}\n", "", indent, hosts);
    text += fmt::format("{:{}}mend: {}\n{:{}}known from: {}\n", "", indent, tell->mend, "", indent,
                        tell->source);
  }
  text += fmt::format("\n{} pass, {} warn, {} fail, {} not applicable, {} not run",
                      count_of(report, TellVerdict::pass), count_of(report, TellVerdict::warn),
                      count_of(report, TellVerdict::fail),
                      count_of(report, TellVerdict::not_applicable),
                      count_of(report, TellVerdict::not_run));
  if (const auto score = score_of(report)) text += fmt::format("; score {} of 100", *score);
  return text + "\n";
}

std::string audit_json(const AuditReport& report) {
  return json_object_text([&](JsonWriter& json) {
           json.member("subject", printable(report.subject));
           json.member("hosts", report.hosts);
           json.member("candidates", report.candidates);
           json.member("score", score_of(report));
           json.member("fails", has_failures(report));
           json.begin_array("tells");
           for (const auto& [tell, result] : report.tells) {
             json.begin_object_element();
             json.member("id", tell->id);
             json.member("name", tell->name);
             json.member("verdict", name_of(result.verdict));
             json.member("explanation", printable(result.explanation));
             json.member("examined", result.examined);
             json.member("concerned", result.hosts.size());
             json.begin_array("hosts");
             constexpr std::size_t most_hosts = 100;
             for (std::size_t i = 0; i < std::min(result.hosts.size(), most_hosts); ++i)
               json.element(to_string(result.hosts[i]));
             json.end_array();
             json.member("mend", tell->mend);
             json.member("source", tell->source);
             json.end_object();
           }
           json.end_array();
         }) +
         "\n";
}

}  // namespace apiary
