#include "doctor/report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace apiary {
namespace {

SystemSnapshot some_situation() {
  SystemSnapshot snapshot;
  snapshot.interface.name = "eth0";
  snapshot.request.claimed.add(parse_address_range("192.0.2.64/26").value());
  return snapshot;
}

const Findings findings = {
    {"interface", CheckStatus::ok, "eth0 is there"},
    {"link", CheckStatus::fail, "eth0 is up, but has no link: plug the cable in"},
    {"route", CheckStatus::fail, "router 192.0.2.9 does not send them here",
     "ip route replace 10.0.0.0/8 via 192.0.2.1", "router 192.0.2.9"},
    {"offloads", CheckStatus::warn, "segments are merged", "ethtool -K eth0 gro off"},
};

TEST(Report, PutsTheWorstLastAndPrintsTheNextStep) {
  EXPECT_EQ(report_text(some_situation(), findings, false),
            R"(eth0, for 192.0.2.64/26 (64 addresses)

  ok    interface       eth0 is there
  warn  offloads        segments are merged
                        ethtool -K eth0 gro off
  fail  link            eth0 is up, but has no link: plug the cable in
  fail  route           router 192.0.2.9 does not send them here
                        on router 192.0.2.9: ip route replace 10.0.0.0/8 via 192.0.2.1

2 checks failed: packets do not reach the honeypots correctly.
Next, on router 192.0.2.9: ip route replace 10.0.0.0/8 via 192.0.2.1
)");
}

TEST(Report, WrapsLongLinesAndColoursOnATerminal) {
  const Findings one = {
      {"link", CheckStatus::ok, "a sentence that is longer than the line is wide"}};
  EXPECT_EQ(report_text(some_situation(), one, true, 50),
            "eth0, for 192.0.2.64/26 (64 addresses)\n"
            "\n"
            "  \033[32mok  \033[0m  link            a sentence that is longer\n"
            "                        than the line is wide\n"
            "\n"
            "All checks passed: packets reach the honeypots when apiary runs.\n");
}

TEST(Report, IsJsonForPrograms) {
  const auto json = nlohmann::json::parse(report_json(some_situation(), findings));
  EXPECT_EQ(json["verdict"], "fail");
  EXPECT_EQ(json["interface"], "eth0");
  EXPECT_EQ(json["addresses"], "192.0.2.64/26");
  ASSERT_EQ(json["checks"].size(), 4U);
  EXPECT_EQ(json["checks"][3]["name"], "offloads");
  EXPECT_EQ(json["checks"][3]["verdict"], "warn");
  EXPECT_EQ(json["checks"][2]["where"], "router 192.0.2.9");
  EXPECT_EQ(json["checks"][2]["command"], "ip route replace 10.0.0.0/8 via 192.0.2.1");
}

}  // namespace
}  // namespace apiary
