#include <gtest/gtest.h>

#include "config/parser.h"
#include "config/test_summary.h"

namespace apiary {
namespace {

struct Case {
  std::string_view name;
  std::string text, diagnostics;
};

TEST(Unsupported, StatementsOfHoneydAreNamedAsSuch) {
  for (const Case& c : {
           Case{"dynamic", R"(dynamic magic
bind 10.0.0.1 magic)",
                R"(1:1 'dynamic' error: 'dynamic' is not supported yet
)"},
           Case{"delete", "delete a tcp port 80",
                R"(1:1 'delete' error: 'delete' is not supported yet
)"},
           Case{"include", R"(include other.conf
bind 10.0.0.1 a)",
                R"(1:1 'include' error: 'include' is not supported yet
)"},
           Case{"dhcp", R"(dhcp a on eth0 ethernet "dell")",
                R"(1:1 'dhcp' error: 'dhcp' is not supported yet
)"},
           Case{"annotate", R"(annotate "AIX 4.0" fragment old
annotate "x" no finscan)",
                R"(1:1 'annotate' error: 'annotate' is not supported yet
2:1 'annotate' error: 'annotate' is not supported yet
)"},
           Case{"option", "option honeyd_web port 80",
                R"(1:1 'option' error: 'option' is not supported yet
)"},
           Case{"broadcast", R"(broadcast a srcport 1 dstport 2 time 3 "x")",
                R"(1:1 'broadcast' error: 'broadcast' is not supported yet
)"},
           Case{"list", "list template",
                R"(1:1 'list' error: 'list' is not supported yet
)"},
           Case{"debug", "debug fd 1",
                R"(1:1 'debug' error: 'debug' is not supported yet
)"},
           Case{"random personality", "set a personality random",
                R"(1:1 'set a personality random' error: a random personality is not supported yet
)"},
           Case{"ethernet", R"(set a ethernet "00:11:22:33:44:55")",
                R"(1:1 'set a ethernet' error: 'set ... ethernet' is not supported yet
)"},
           Case{"uptime", "set a uptime 1327650",
                R"(1:1 'set a uptime' error: 'set ... uptime' is not supported yet
)"},
           Case{"uptime of one address", "set 10.0.0.1 uptime 1327650",
                R"(1:5 '10.0.0.1' error: a bound address in place of a template is not supported yet
)"},
           Case{"droprate", "set a droprate in 5",
                R"(1:1 'set a droprate' error: 'set ... droprate' is not supported yet
)"},
           Case{"uid", "set a uid 32767 gid 32767",
                R"(1:1 'set a uid' error: 'set ... uid' is not supported yet
)"},
           Case{"maxfds", "set a maxfds 35",
                R"(1:1 'set a maxfds' error: 'set ... maxfds' is not supported yet
)"},
           Case{"spoof", "set a spoof from 10.0.0.1",
                R"(1:1 'set a spoof' error: 'set ... spoof' is not supported yet
)"},
           Case{"use", R"(add a use b if source os = "Linux")",
                R"(1:1 'add a use' error: 'add ... use' is not supported yet
)"},
           Case{"otherwise", "add a otherwise use b",
                R"(1:1 'add a otherwise' error: 'add ... otherwise' is not supported yet
)"},
           Case{"subsystem", R"(add a subsystem "/usr/sbin/httpd" shared restart)",
                R"(1:1 'add a subsystem' error: 'add ... subsystem' is not supported yet
)"},
           Case{"tarpit", R"(add a tcp port 22 tarpit "sh x")",
                R"(1:19 'tarpit' error: 'tarpit' is not supported yet
)"},
           Case{"tarpit by default", "set a default tcp action tarpit open",
                R"(1:26 'tarpit' error: 'tarpit' is not supported yet
)"},
           Case{"internal", R"(add a tcp port 22 internal "lib/x.py")",
                R"(1:19 'internal' error: 'internal' is not supported yet
)"},
           Case{"bind on a condition", "bind source ip = 192.168.0.0/16 10.0.0.5 a",
                R"(1:1 'bind source' error: binding on a condition is not supported yet
)"},
           Case{"bind at a time", "bind time between 12:00am - 5:00pm 10.0.0.5 a",
                R"(1:1 'bind time' error: binding on a condition is not supported yet
)"},
           Case{"bind of a protocol", "bind tcp 10.0.0.5 a",
                R"(1:1 'bind tcp' error: binding on a condition is not supported yet
)"},
           Case{"bind otherwise", "bind otherwise 10.0.0.5 a",
                R"(1:1 'bind otherwise' error: binding on a condition is not supported yet
)"},
           Case{"bind to an interface", "bind 10.0.0.5 to eth0",
                R"(1:1 'bind 10.0.0.5 to' error: binding to an interface is not supported yet
)"},
           Case{"bind of a network", "bind 10.0.0.0/24 a",
                R"(1:6 '10.0.0.0/24' error: binding a whole network is not supported yet
  hint: the template 'default' answers for every address that is not bound
)"},
           Case{"bandwidth",
                "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency 5ms bandwidth 10Mbps drop "
                "between 5ms - 9ms",
                R"(1:57 'bandwidth' error: 'bandwidth' on a link is not supported yet
)"},
           Case{"drop", "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 drop between 5ms - 9ms",
                R"(1:45 'drop' error: 'drop' on a link is not supported yet
)"},
           Case{"unreach", "route 10.0.0.1 unreach 10.1.0.0/16",
                R"(1:16 'unreach' error: 'unreach' is not supported yet
)"},
           Case{"tunnel", "route 10.0.0.1 add net 10.1.0.0/16 tunnel 192.0.2.1 192.0.2.2",
                R"(1:36 'tunnel' error: 'tunnel' is not supported yet
)"},
       }) {
    SCOPED_TRACE(c.name);
    const SourceText source("x.conf", c.text);
    EXPECT_EQ(summary(parse(source).diagnostics, source), c.diagnostics);
  }
}

}  // namespace
}  // namespace apiary
