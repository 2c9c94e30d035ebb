#include "report/report_html.h"

// Targets: ports, hosts, templates, services; and transcripts.

namespace apiary {
namespace {

void write_ports(HtmlWriter& html, const Report& report) {
  html.markup(
      "<div><div class=\"scroll\"><table>\n<caption>Ports</caption>\n<tr><th>Port"
      "<th class=\"n\">Contacts<th class=\"n\">Conversations<th class=\"n\">Sources</tr>\n");
  for (const ReportedPort& port : report.ports.rows) {
    html.markup("<tr><td>");
    write_port(html, port.transport, port.number);
    if (port.is_new) html.markup("<span class=\"new\">new</span>");
    html.markup("<td class=\"n\">").number(port.activity.contacts);
    html.markup("<td class=\"n\">").number(port.activity.conversations);
    begin_bar(html, port.sources, report.ports.rows.front().sources);
    html.markup("</tr>\n");
  }
  html.markup("</table></div>\n");
  write_left_out(html, report.ports.left_out(), "port");
  html.markup("</div>\n");
}

void write_hosts(HtmlWriter& html, const Report& report) {
  html.markup(
      "<div class=\"scroll\"><table>\n<caption>Hosts</caption>\n<tr><th>Host<th>Template"
      "<th class=\"n\">Contacts<th class=\"n\">Conversations<th class=\"n\">Sources</tr>\n");
  for (const ReportedHost& host : report.hosts_spoken_to.rows) {
    html.markup("<tr><td><span class=\"address\">").address(host.address).markup("</span><td>");
    html.text(host.template_name).markup("<td class=\"n\">").number(host.activity.contacts);
    html.markup("<td class=\"n\">").number(host.activity.conversations);
    begin_bar(html, host.sources, report.hosts_spoken_to.rows.front().sources);
    html.markup("</tr>\n");
  }
  html.markup("</table></div>\n");
  write_left_out(html, report.hosts_spoken_to.left_out(), "host");
}

template <std::size_t size>
void write_names(HtmlWriter& html, const char (&heading)[size], std::string_view events,
                 const Ranked<ReportedName>& names) {
  if (names.all == 0) return;
  html.markup("<div class=\"scroll\"><table>\n<caption>").markup(heading);
  html.markup("</caption>\n<tr><th>Name<th class=\"n\">Sources<th class=\"n\">").text(events);
  html.markup("</tr>\n");
  for (const ReportedName& name : names.rows) {
    html.markup("<tr><td>").text(name.name).markup("<td class=\"n\">").number(name.sources);
    begin_bar(html, name.events, names.rows.front().events);
    html.markup("</tr>\n");
  }
  html.markup("</table></div>\n");
  write_left_out(html, names.left_out(), "name");
}

void write_transcript(HtmlWriter& html, const Transcript& transcript) {
  html.markup("<article><h3><span class=\"address\">").address(transcript.source);
  html.markup("</span> <span>to</span> <span class=\"address\">").address(transcript.host);
  html.markup("</span> ");
  write_port(html, transcript.transport, transcript.host_port);
  html.markup(" <span>").time(transcript.began).markup("</span></h3>\n");
  for (const TranscriptPart& part : transcript.parts) {
    if (part.from_visitor)
      html.markup("<div class=\"say visitor\"><span>visitor</span><pre>");
    else
      html.markup("<div class=\"say\"><span>host</span><pre>");
    const std::size_t end = part.bytes.find_last_not_of("\r\n");  // without empty lines at the end
    html.lines(std::string_view(part.bytes).substr(0, end + 1));
    if (part.left_out_bytes > 0)
      html.markup(" <i>… and ").count(part.left_out_bytes, "byte").markup("</i>");
    html.markup("</pre></div>\n");
  }
  if (transcript.left_out_parts > 0)
    html.markup("<p class=\"more\">and ")
        .count(transcript.left_out_parts, "piece")
        .markup(" more of this conversation</p>\n");
  html.markup("</article>\n");
}

}  // namespace

void write_targets(HtmlWriter& html, const Report& report) {
  html.markup("<section>\n<h2>Targets</h2>\n<div class=\"columns\">\n");
  write_ports(html, report);
  html.markup("<div>");
  write_hosts(html, report);
  html.markup("</div>\n<div>");
  write_names(html, "Templates", "Contacts and conversations", report.templates);
  html.markup("</div>\n<div>");
  write_names(html, "Services", "Notes and credentials", report.services);
  html.markup("</div>\n</div>\n</section>\n");
}

void write_transcripts(HtmlWriter& html, const Report& report) {
  html.markup("<section>\n<h2>Conversations</h2>\n");
  if (report.transcripts.empty()) {
    html.markup("<p class=\"dim\">No visitor has sent data.</p>\n</section>\n");
    return;
  }
  html.markup("<p class=\"dim\">").number(report.transcripts.size()).markup(" of ");
  html.count(report.transcripts_in_all, "conversation")
      .markup(
          " with data: for each port the longest dialogue, then the next; identical ones appear "
          "once.</p>\n<div class=\"talks\">\n");
  for (const Transcript& transcript : report.transcripts) write_transcript(html, transcript);
  html.markup("</div>\n</section>\n");
}

}  // namespace apiary
