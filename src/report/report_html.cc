#include "report/report_html.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>

#include <algorithm>

#include "report/report_style.h"

namespace apiary {
namespace {

constexpr std::size_t max_credential_bytes = 48;  // of a name or a password

void write_head(HtmlWriter& html, const Report& report) {
  // The report has no scripts, and the policy makes browsers enforce that.
  html.markup(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Apiary");
  if (!report.hostname.empty()) html.markup(" on ").text(report.hostname);
  html.markup(", ").text(local_time(report.until, "%Y-%m-%d")).markup("</title>\n<style>");
  html.markup(report_style).markup("</style>\n</head>\n<body>\n");
}

void write_title(HtmlWriter& html, const Report& report) {
  html.markup(
      "<header>\n<h1><svg class=\"mark\" width=\"26\" height=\"28\" viewBox=\"0 0 26 28\" "
      "aria-hidden=\"true\"><path d=\"M13 2l10 6v12l-10 6-10-6V8z\"/><path d=\"M13 9l4.5 2.6v5L13 "
      "19.2l-4.5-2.6v-5z\"/></svg>Visitors' activity");
  if (!report.hostname.empty()) html.markup(" at ").text(report.hostname);
  html.markup("</h1>\n<div class=\"dim\">");
  html.text(local_time(report.since, "%-d %B %Y %H:%M")).markup(" to ");
  html.text(local_time(report.until, "%-d %B %Y %H:%M")).markup(", times in ");
  const std::string first_zone = zone_words(report.since), last_zone = zone_words(report.until);
  html.text(first_zone);
  if (first_zone != last_zone) {
    html.markup(" and ").text(last_zone);
    html.name_zones();
  }
  html.markup("</div>\n");
}

void write_lead(HtmlWriter& html, const Report& report) {
  html.markup("<p class=\"lead\">In ").text(span_words(report.until - report.since));
  if (report.events == 0) {
    html.markup(", the store recorded no events.</p>\n</header>\n");
    return;
  }
  html.markup(" <b>").count(report.sources.all, "source").markup("</b> contacted ");
  html.count(report.hosts, "host").markup(" that nobody should contact, held <b>");
  html.count(report.total.conversations, "conversation").markup("</b> and tried <b>");
  html.count(report.total.credentials, "credential").markup("</b>.");
  if (report.has_before) {
    html.markup(" New to this store: ").count(report.new_sources.all, "source").markup(", ");
    html.count(report.new_credentials.all, "credential").markup(" and ");
    html.count(report.new_ports.all, "port").markup(".");
  }
  html.markup("</p>\n</header>\n<ul class=\"tiles\">\n");
  const auto tile = [&](std::uint64_t number, std::string_view one, std::string_view more) {
    html.markup("<li><b>").number(number).markup("</b><span>").text(number == 1 ? one : more);
    html.markup("</span></li>\n");
  };
  tile(report.sources.all, "source", "sources");
  html.markup("<li><b>").number(report.hosts).markup("</b><span>");
  html.text(report.hosts.number == 1 ? "host contacted" : "hosts contacted");
  html.markup("</span></li>\n");
  tile(report.total.contacts, "contact", "contacts");
  tile(report.scans, "scan", "scans");
  tile(report.total.conversations, "conversation", "conversations");
  tile(report.total.credentials, "credential tried", "credentials tried");
  html.markup("</ul>\n");
}

/// What the numbers cover, and what is missing.
void write_foot(HtmlWriter& html, const Report& report) {
  html.markup("<footer class=\"dim\">\n");
  if (report.events > 0) {
    html.markup("<p>From ")
        .count(report.events, "event")
        .markup("; the oldest in the store is from ");
    html.text(local_time(report.oldest, "%-d %B %Y %H:%M"));
    html.markup(". While a source scans, the scan replaces its contacts with further hosts.</p>\n");
  }
  if (!report.problems.rows.empty()) {
    html.markup("<p>Some packets or events are missing:");
    for (const ReportedProblem& problem : report.problems.rows)
      html.markup(" ").text(problem.what).markup(" (").count(problem.times, "time").markup(").");
    html.markup("</p>\n");
    write_left_out(html, report.problems.left_out(), "other reason");
  }
  html.markup(
      "<p>Data from visitors is shown as printable ASCII, other bytes as \\xNN. Created by apiary "
      "report.</p>\n</footer>\n</body>\n</html>\n");
}

}  // namespace

std::string report_page(const Report& report, const AuditReport* audit) {
  HtmlWriter html;
  write_head(html, report);
  write_title(html, report);
  write_lead(html, report);
  if (report.events > 0) {
    write_timeline(html, report.timeline);
    write_new_findings(html, report);
    write_sources(html, report);
    write_credentials(html, report);
    write_targets(html, report);
    write_transcripts(html, report);
  }
  if (audit != nullptr) write_audit(html, *audit);
  write_foot(html, report);
  return html.take();
}

void write_port(HtmlWriter& html, const std::string& transport, std::uint16_t port) {
  html.markup("<span class=\"address\">").digits(port).markup("/").text(transport);
  const servent* const service = getservbyport(htons(port), transport.c_str());
  html.markup("</span>");
  if (service != nullptr)
    html.markup(" <span class=\"dim\">").text(service->s_name).markup("</span>");
}

void write_credential(HtmlWriter& html, const std::string& bytes) {
  if (bytes.empty()) {
    html.markup("<span class=\"dim\">empty</span>");
    return;
  }
  html.markup("<code>").bytes(std::string_view(bytes).substr(0, max_credential_bytes));
  html.markup("</code>");
  if (bytes.size() > max_credential_bytes)
    html.markup(" <span class=\"dim\">… of ").count(bytes.size(), "byte").markup("</span>");
}

void write_left_out(HtmlWriter& html, std::uint64_t left_out, std::string_view thing) {
  if (left_out == 0) return;
  html.markup("<p class=\"more\">and ").count(left_out, thing).markup(" more</p>\n");
}

void begin_bar(HtmlWriter& html, std::uint64_t number, std::uint64_t most) {
  html.markup("<td class=\"n bar\" style=\"--w:");
  html.digits(most == 0 ? 0 : 100 * std::min(number, most) / most).markup("%\">");
  html.number(number);
}

std::string span_words(Duration span) {
  const auto say = [](std::int64_t number, std::string_view unit) {
    return fmt::format("{} {}{}", number, unit, number == 1 ? "" : "s");
  };
  if (span >= hours{72}) return say(span / hours{24}, "day");
  if (span >= minutes{120} || span == minutes{60}) return say(span / hours{1}, "hour");
  if (span >= minutes{1}) return fmt::format("{} min", span / minutes{1});
  return fmt::format("{} s", span / seconds{1});
}

}  // namespace apiary
