#include "control/readiness.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

TEST(Readiness, NamesEachSinkInTrouble) {
  DaemonStatus daemon;
  daemon.sinks = {{.name = "the log"},
                  {.name = "store /x", .trouble = "store /x: database or disk is full"}};
  EXPECT_EQ(reasons_not_ready(daemon),
            std::vector<std::string>{"store /x: database or disk is full"});
  daemon.sinks.pop_back();
  EXPECT_TRUE(reasons_not_ready(daemon).empty());
}

TEST(Readiness, NamesEachInterfaceInTrouble) {
  DaemonStatus daemon;
  daemon.interfaces = {{.name = "eth0"}, {.name = "eth1", .state = "gone", .is_up = false}};
  EXPECT_EQ(reasons_not_ready(daemon), std::vector<std::string>{"interface eth1: gone"});
}

}  // namespace
}  // namespace apiary
