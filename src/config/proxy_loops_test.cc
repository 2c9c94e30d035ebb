#include "config/proxy_loops.h"

#include <gtest/gtest.h>

#include "config/build.h"
#include "config/testing/catalogue.h"
#include "config/testing/summary.h"

namespace apiary {
namespace {

std::string remarks_on(const std::string& text) {
  SourceText source("x.conf", text);
  BuildSettings settings;
  const auto built = build_configuration(source, AnyNameCatalogue{}, settings);
  return summary(built ? built->remarks : built.error(), source);
}

TEST(ProxyLoops, AreFound) {
  struct Case {
    const char* name;
    const char* text;
    const char* part;  // of what is reported
  };
  for (const Case& c : {
           Case{"to the host itself",
                "create a\nadd a tcp port 22 proxy $ipdst:22\nbind 10.0.0.5 a\n",
                "error: this proxy connects to itself: $ipdst:22"},
           Case{"to its own address",
                "create a\nadd a tcp port 22 proxy 10.0.0.5:22\nbind 10.0.0.5 a\n",
                "error: this proxy connects to itself: 10.0.0.5:22"},
           Case{"to the same port of a host of the same template",
                "create a\nadd a udp port 53 proxy 10.0.0.6:$dport\nbind 10.0.0.5 a\nbind 10.0.0.6 "
                "a\n",
                "error: this proxy connects to itself: 10.0.0.6:$dport"},
           Case{"a chain of three hosts",
                "create a\nadd a tcp port 22 proxy 10.0.0.6:23\nbind 10.0.0.5 a\n"
                "create b\nadd b tcp port 23 proxy 10.0.0.7:24\nbind 10.0.0.6 b\n"
                "create c\nadd c tcp port 24 proxy 10.0.0.5:22\nbind 10.0.0.7 c\n",
                "error: this proxy connects to itself: 10.0.0.6:23, 10.0.0.7:24, 10.0.0.5:22"},
           Case{"one port of a range",
                "create a\nadd a tcp port 20-30 proxy 10.0.0.6:$dport\nbind 10.0.0.5 a\n"
                "create b\nadd b tcp port 25 proxy 10.0.0.5:25\nbind 10.0.0.6 b\n",
                "error: this proxy connects to itself: 10.0.0.6:$dport, 10.0.0.5:25"},
           Case{"the default action",
                "create a\nset a default tcp action proxy $ipdst:$dport\nbind 10.0.0.5 a\n",
                "error: this proxy connects to itself: $ipdst:$dport"},
           Case{"a choice of a dynamic template",
                "create a\nadd a tcp port 22 proxy 10.0.0.5:22\ncreate b\ndynamic d\n"
                "add d use a if source ip = 192.0.2.0/24\nadd d otherwise use b\nbind 10.0.0.5 d\n",
                "error: this proxy connects to itself: 10.0.0.5:22"},
           Case{"through a network, in which the address may be a real machine's",
                "create a\nadd a tcp port 22 proxy 10.0.0.5:22\nbind 10.0.0.0/24 a\n",
                "warning: this proxy connects to itself: 10.0.0.5:22"},
           Case{"to another host",
                "create a\nadd a tcp port 22 proxy 10.0.0.6:22\nbind 10.0.0.5 a\n"
                "create b\nadd b tcp port 22 open\nbind 10.0.0.6 b\n",
                "warning: 10.0.0.6:22 is a host of this configuration"},
       }) {
    SCOPED_TRACE(c.name);
    const std::string found = remarks_on(c.text);
    EXPECT_NE(found.find(c.part), std::string::npos) << found;
  }
}

TEST(ProxyLoops, AreNotReportedWhereNoneAre) {
  struct Case {
    const char* name;
    const char* text;
  };
  for (const Case& c : {
           Case{"to the visitor", "create a\nadd a tcp port 22 proxy $ipsrc:22\nbind 10.0.0.5 a\n"},
           Case{"to another machine",
                "create a\nadd a tcp port 22 proxy 192.0.2.9:22\nbind 10.0.0.5 a\n"},
           Case{"a name is not resolved",
                "create a\nadd a tcp port 22 proxy loop.example.org:22\nbind 10.0.0.5 a\n"},
           Case{"a Unix socket",
                "create a\nadd a tcp port 22 proxy unix:/run/a.sock\nbind 10.0.0.5 a\n"},
           Case{"a real machine in the network",
                "create a\nadd a tcp port 22 proxy 10.0.0.6:22\nbind 10.0.0.0/24 a\n"
                "bind 10.0.0.6 to eth1\n"},
           Case{"perhaps this machine's address, with another service",
                "create a\nadd a tcp port 22 proxy 10.0.0.1:2222\nbind 10.0.0.0/24 a\n"},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(remarks_on(c.text), "");
  }
}

}  // namespace
}  // namespace apiary
