#include <gtest/gtest.h>

#include "config/build.h"
#include "config/testing/catalogue.h"
#include "config/testing/summary.h"

namespace apiary {
namespace {

struct Case {
  std::string_view name;
  std::string text, diagnostics;
};

/// The text before each case that makes it a whole configuration.
const std::string before =
    "create a\nbind 10.0.0.5 a\nroute entry 10.0.0.1\n"
    "route 10.0.0.1 link 10.0.0.0/24\n";

TEST(Unsupported, IsReportedForEachUnsupportedStatement) {
  for (
      const Case& c : {
          Case{"ethernet is acted on", R"(set 10.0.0.5 ethernet "00:11:22:33:44:55")", R"()"},
          Case{"droprate in is acted on", R"(set a droprate in 5)", R"()"},
          Case{"uptime is acted on", R"(set 10.0.0.5 uptime 5)", R"()"},
          Case{"tarpit is acted on", R"(add a tcp port 22 tarpit "sh x")", R"()"},
          Case{"tarpit by default", R"(set a default tcp action tarpit open)", R"()"},
          Case{
              "internal", R"(add a tcp port 22 internal "lib/x.py")",
              R"(5:28 '"lib/x.py"' not yet: there is no built-in service 'lib/x.py': the port is open and sends nothing
  hint: built-in services are echo, discard, chargen, daytime, time; otherwise write a program and give its command here
)"},
          Case{
              "internal, misspelt", R"(add a udp port 7 internal "ecko")",
              R"(5:27 '"ecko"' not yet: there is no built-in service 'ecko': the port is open and sends nothing
  hint: did you mean 'echo'?
)"},
          Case{"a built-in service is acted on", R"(add a tcp port 7 internal "echo")", R"()"},
          Case{"a subsystem is acted on", R"(add a subsystem "httpd" shared)", R"()"},
          Case{"the system of the visitor is acted on", R"(bind source os = "Linux" 10.0.0.6 a)",
               R"()"},
          Case{"binding to an interface is acted on", R"(bind 10.0.0.6 to eth0)", R"()"},
          Case{"dhcp is acted on", R"(dhcp a on eth0)", R"()"},
          Case{
              "broadcast", R"(broadcast a srcport 1 dstport 2 time 3 "x")",
              R"(5:1 'broadcast a srcport 1 dstport 2 time 3 "x"' not yet: 'broadcast' is not supported yet: nothing is sent
)"},
          Case{"annotate fragment is acted on", R"(annotate "Red OS" fragment old)", R"()"},
          Case{"annotate finscan is acted on", R"(annotate "Red OS" no finscan)", R"()"},
          Case{"privileges of programs are acted on", "set a uid 5 gid 6\nset a maxfds 35", R"()"},
          Case{
              "option", R"(option honeyd_web port 80)",
              R"(5:1 'option honeyd_web port 80' notice: there are no plugins: 'option honeyd_web' does nothing
)"},
          Case{
              "qualities of links are acted on",
              R"(route 10.0.0.1 add net 10.0.0.5/32 10.0.0.2 bandwidth 1Mbps drop between 1ms - 2ms jitter 1ms reorder 1 duplicate 1
route 10.0.0.2 link 10.0.0.0/24)",
              R"()"},
          Case{"tunnels are acted on",
               R"(route 10.0.0.1 add net 10.1.0.0/16 tunnel 192.0.2.1 192.0.2.2)", R"()"},
          Case{"unreach is acted on", R"(route 10.0.0.1 unreach 10.1.0.0/16)", R"()"},
      }) {
    SCOPED_TRACE(c.name);
    SourceText source("x.conf", before + c.text);
    const TestCatalogue catalogue;
    const auto built = build_configuration(source, catalogue);
    EXPECT_EQ(summary(built ? built->remarks : built.error(), source), c.diagnostics);
  }
}

}  // namespace
}  // namespace apiary
