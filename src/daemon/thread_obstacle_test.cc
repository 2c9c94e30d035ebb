#include "daemon/thread_obstacle.h"

#include <gtest/gtest.h>

#include "config/build.h"
#include "config/fingerprint_catalogue.h"
#include "honeynet/honeynet.h"

namespace apiary {
namespace {

TEST(ThreadObstacle, NamesWhatThreadsCannotShare) {
  struct Case {
    const char* name;
    std::string text, obstacle;
  };
  const Case cases[] = {
      {"hosts alone", "bind 10.0.0.5 a\nbind 10.0.1.0/24 a\n", ""},
      {"services",
       "add a tcp port 80 \"cat\"\nadd a tcp port 7 internal \"echo\"\nbind 10.0.0.5 a\n", ""},
      {"a subsystem", "add a subsystem \"nginx\"\nbind 10.0.0.5 a\n", ""},
      {"conditions on the network",
       "dynamic d\nadd d use a if source ip = 192.0.2.0/24\nbind 10.0.0.5 d\n", ""},
      {"a router", "route entry 10.0.0.1\nroute 10.0.0.1 link 10.0.0.0/24\nbind 10.0.0.5 a\n",
       "virtual routers"},
      {"DHCP", "set a ethernet \"00:50:56:ab:cd:ef\"\ndhcp a on eth0\nbind 10.0.0.5 a\n", "DHCP"},
      {"an egress list",
       "add a subsystem \"nginx\"\nset a egress list 192.0.2.0/24\nbind 10.0.0.5 a\n", "egress"},
      {"a condition on the system",
       "dynamic d\nadd d use a if source os = \"linux\"\nbind 10.0.0.5 d\n", "visitor's system"},
      {"such a condition in a default template",
       "dynamic default\nadd default use a if source os = \"linux\"\nbind 10.0.0.5 a\n",
       "visitor's system"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    SourceText source("test.conf", "create a\n" + c.text);
    const auto built = build_configuration(
        source,
        FingerprintCatalogue(std::make_shared<const FingerprintDatabase>(parse_fingerprints(""))));
    ASSERT_TRUE(built) << (built.error().empty() ? "" : built.error().front().message);
    EXPECT_FALSE(thread_obstacle(*built->honeynet, 1));
    const auto obstacle = thread_obstacle(*built->honeynet, 2);
    EXPECT_EQ(obstacle.has_value(), !c.obstacle.empty());
    if (obstacle) {
      EXPECT_NE(obstacle->find(c.obstacle), std::string::npos) << *obstacle;
    }
  }
}

}  // namespace
}  // namespace apiary
