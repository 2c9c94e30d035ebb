#include <gtest/gtest.h>

#include "report/report_html.h"

namespace apiary {
namespace {

TEST(ReportWithAudit, ShowsWhatDidNotPassTheWorstFirst) {
  static constexpr Tell mac{"T18", "MAC addresses", "set NAME ethernet", "Nmap", nullptr};
  static constexpr Tell time{"T10", "round trips", "jitter", "Fu 2006", nullptr};
  static constexpr Tell stack{"T3", "retransmission", "report it", "RING", nullptr};
  AuditReport audit{.subject = "net<1>.conf", .tells = {}, .hosts = 4, .candidates = 256};
  audit.tells.push_back({&stack, {.verdict = TellVerdict::pass}});
  audit.tells.push_back({&time, {.verdict = TellVerdict::warn, .explanation = "all take 3 ms"}});
  audit.tells.push_back({&mac,
                         {.verdict = TellVerdict::fail,
                          .explanation = "4 addresses have one",
                          .hosts = {IpAddress::v4(10, 0, 0, 1), IpAddress::v4(10, 0, 0, 2)}}});
  const std::string page = report_page({}, &audit);
  for (const char* const part : {"net&lt;1&gt;.conf", "4 hosts", "256", "score 50 of 100",
                                 "MAC addresses", "2 hosts", "set NAME ethernet", "all take 3 ms"})
    EXPECT_NE(page.find(part), std::string::npos) << part;
  EXPECT_LT(page.find("MAC addresses"), page.find("round trips")) << "a fail before a warning";
  EXPECT_EQ(page.find("retransmission"), std::string::npos) << "it passes";
  EXPECT_EQ(report_page({}).find("recognised"), std::string::npos);
}

}  // namespace
}  // namespace apiary
