#include <algorithm>

#include "report/report_html.h"

// Sources, their credentials, and what is new.

namespace apiary {
namespace {

void write_address(HtmlWriter& html, const IpAddress& address, bool is_new) {
  html.markup("<span class=\"address\">").address(address).markup("</span>");
  if (is_new) html.markup("<span class=\"new\">new</span>");
}

void write_source(HtmlWriter& html, const ReportedSource& source) {
  html.markup("<tr><td>");
  write_address(html, source.address, source.is_new);
  const auto cell = [&](std::uint64_t number) {
    html.markup("<td class=\"n\">");
    if (number > 0) html.number(number);
  };
  cell(source.activity.contacts);
  html.markup("<td class=\"n wide\">").number(source.hosts);
  html.markup("<td class=\"n wide\">").number(source.ports);
  cell(source.scans);
  cell(source.activity.conversations);
  cell(source.activity.credentials);
  html.markup("<td class=\"time wide gap\">").time(source.first);
  html.markup("<td class=\"time wide\">").time(source.last).markup("</tr>\n");
}

}  // namespace

void write_new_findings(HtmlWriter& html, const Report& report) {
  html.markup("<section>\n<h2>New in this period</h2>\n");
  if (!report.has_before) {
    html.markup(
        "<p class=\"dim\">The store has no earlier events, so nothing can be marked as "
        "new.</p>\n</section>\n");
    return;
  }
  html.markup("<p class=\"dim\">Not in the store before this period. It starts at ");
  html.text(local_time(report.oldest, "%-d %B %Y %H:%M"))
      .markup(".</p>\n<div class=\"columns thirds\">\n");
  const auto list = [&](const auto& ranked, std::string_view thing, auto write) {
    html.markup("<div><h3>").count(ranked.all, thing).markup("</h3>\n<ul class=\"chips\">\n");
    for (const auto& row : ranked.rows) {
      html.markup("<li>");
      write(row);
      html.markup("</li>\n");
    }
    html.markup("</ul>\n");
    write_left_out(html, ranked.left_out(), thing);
    html.markup("</div>\n");
  };
  list(report.new_credentials, "credential", [&](const ReportedCredential& credential) {
    write_credential(html, credential.user);
    html.markup(" <span class=\"dim\">/</span> ");
    write_credential(html, credential.password);
  });
  list(report.new_ports, "port",
       [&](const ReportedPort& port) { write_port(html, port.transport, port.number); });
  list(report.new_sources, "source",
       [&](const ReportedSource& source) { write_address(html, source.address, false); });
  html.markup("</div>\n</section>\n");
}

void write_sources(HtmlWriter& html, const Report& report) {
  html.markup(
      "<section>\n<h2>Sources</h2>\n<p class=\"dim\">Sources that tried credentials come first, "
      "then those with conversations, then scanners. Hosts and ports count different ones, "
      "including scanned ones.</p>\n<div class=\"scroll\"><table>\n<tr><th>Source<th "
      "class=\"n\">Contacts<th class=\"n wide\">Hosts<th class=\"n wide\">Ports<th "
      "class=\"n\">Scans<th class=\"n\">Conversations<th class=\"n\">Credentials<th class=\"wide "
      "gap\">First<th class=\"wide\">Last</tr>\n");
  for (const ReportedSource& source : report.sources.rows) write_source(html, source);
  html.markup("</table></div>\n");
  write_left_out(html, report.sources.left_out(), "source");
  html.markup("</section>\n");
}

void write_credentials(HtmlWriter& html, const Report& report) {
  html.markup("<section>\n<h2>Credentials tried</h2>\n");
  if (report.credentials.all == 0) {
    html.markup("<p class=\"dim\">None.</p>\n</section>\n");
    return;
  }
  html.markup("<p class=\"dim\">").count(report.credentials.all, "different pair");
  html.markup(" of name and password.</p>\n<div class=\"columns\">\n");
  const std::uint64_t most = report.credentials.rows.front().tries;
  const std::size_t half = (report.credentials.rows.size() + 1) / 2;
  for (std::size_t begin = 0; begin < report.credentials.rows.size(); begin += half) {
    html.markup(
        "<div class=\"scroll\"><table>\n<tr><th>Name<th>Password<th class=\"n\">Sources"
        "<th class=\"n\">Tries</tr>\n");
    for (std::size_t i = begin; i < std::min(begin + half, report.credentials.rows.size()); ++i) {
      const ReportedCredential& credential = report.credentials.rows[i];
      html.markup("<tr><td>");
      write_credential(html, credential.user);
      html.markup("<td>");
      write_credential(html, credential.password);
      if (credential.is_new) html.markup("<span class=\"new\">new</span>");
      html.markup("<td class=\"n\">").number(credential.sources);
      begin_bar(html, credential.tries, most);
      html.markup("</tr>\n");
    }
    html.markup("</table></div>\n");
  }
  html.markup("</div>\n");
  write_left_out(html, report.credentials.left_out(), "pair");
  html.markup("</section>\n");
}

}  // namespace apiary
