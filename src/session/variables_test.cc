#include "session/variables.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

TEST(ExpandVariables, ReplacesThemByWhatTheyAreInTheFlow) {
  const FlowKey flow{.remote = {IpAddress::v4(192, 0, 2, 7), {40123}},
                     .local = {IpAddress::v4(10, 0, 0, 5), {80}},
                     .protocol = IpProtocol::tcp};
  struct Case {
    std::string_view name, text, expanded;
  };
  for (const Case& c : {
           Case{"nothing", "", ""},
           Case{"no variable", "sh web.sh", "sh web.sh"},
           Case{"the visitor's address", "$ipsrc", "192.0.2.7"},
           Case{"the host's address", "$ipdst", "10.0.0.5"},
           Case{"the visitor's port", "$sport", "40123"},
           Case{"the host's port", "$dport", "80"},
           Case{"all of them in a command", "sh x $ipsrc $sport $ipdst $dport -v",
                "sh x 192.0.2.7 40123 10.0.0.5 80 -v"},
           Case{"one behind another", "$ipsrc$sport", "192.0.2.740123"},
           Case{"twice", "$dport/$dport", "80/80"},
           Case{"before a colon", "$ipsrc:22", "192.0.2.7:22"},
           Case{"before letters", "$sportal", "40123al"},
           Case{"an unknown one stays", "$date $HOME", "$date $HOME"},
           Case{"a part of a name stays", "$ips $ipsrc", "$ips 192.0.2.7"},
           Case{"a dollar sign stays", "cost 5$", "cost 5$"},
           Case{"a dollar sign before a variable", "$$ipsrc", "$192.0.2.7"},
           Case{"upper case stays", "$IPSRC", "$IPSRC"},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(expand_variables(c.text, Variables(flow)), c.expanded);
  }
}

TEST(ExpandVariables, TheNameIsThatOfTheHostWhichHasOne) {
  EXPECT_EQ(expand_variables("hello $name.", Variables(FlowKey{}, {}, "www")), "hello www.");
  EXPECT_EQ(expand_variables("hello $name.", Variables(FlowKey{})), "hello $name.");
}

TEST(ExpandVariables, TheDateIsWhatTheCallerSays) {
  const FlowKey flow{.local = {{}, {80}}};
  EXPECT_EQ(expand_variables("log $date/$dport", Variables(flow, "2026-11-23")),
            "log 2026-11-23/80");
}

}  // namespace
}  // namespace apiary
