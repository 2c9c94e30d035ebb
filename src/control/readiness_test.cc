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

}  // namespace
}  // namespace apiary
