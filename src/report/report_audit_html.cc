// What distinguishes the hosts from real machines.
#include "report/report_html.h"

namespace apiary {
namespace {

void write_judged(HtmlWriter& html, const JudgedTell& judged) {
  const auto& [tell, result] = judged;
  html.markup("<tr><td>").text(tell->id).markup("</td><td>").text(tell->name);
  html.markup("</td><td>").text(name_of(result.verdict)).markup("</td><td>");
  html.text(result.explanation);
  if (!result.hosts.empty())
    html.markup(" <span class=\"dim\">").count(result.hosts.size(), "host");
  if (!result.hosts.empty()) html.markup("</span>");
  html.markup("</td><td>").text(tell->mend).markup("</td></tr>\n");
}

}  // namespace

void write_audit(HtmlWriter& html, const AuditReport& audit) {
  html.markup("<section>\n<h2>Would the hosts be recognised?</h2>\n<p class=\"dim\">An audit of ");
  html.text(audit.subject).markup(" in memory: ").count(audit.hosts, "host").markup(" of ");
  html.number(audit.candidates);
  if (const auto score = score_of(audit))
    html.markup("; score ").number(static_cast<std::uint64_t>(*score)).markup(" of 100");
  html.markup(".</p>\n");
  std::uint64_t passes = 0;
  for (const JudgedTell& judged : audit.tells) passes += judged.result.verdict == TellVerdict::pass;
  html.markup("<p>")
      .count(passes, "tell")
      .markup(" passed. The others:</p>\n<div class=\"scroll\"><table>\n");
  html.markup("<tr><th>Tell<th>Of what<th>Verdict<th>Found<th>What mends it</tr>\n");
  for (const TellVerdict verdict : {TellVerdict::fail, TellVerdict::warn, TellVerdict::not_run})
    for (const JudgedTell& judged : audit.tells)
      if (judged.result.verdict == verdict) write_judged(html, judged);
  html.markup("</table></div>\n</section>\n");
}

}  // namespace apiary
