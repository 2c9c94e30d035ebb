#pragma once

#include <gtest/gtest.h>
#include <sched.h>

#include <cstdlib>
#include <iostream>
#include <string>

namespace apiary {

/// For tests that need interfaces: moves the test program into a network namespace of its own,
/// which ends with it. If that is not permitted, the test prints a warning and is skipped; in CI
/// (the environment variable CI), it fails.
class PrivateNetwork : public testing::Test {
 protected:
  void SetUp() override {
    if (is_private()) return;
    if (std::getenv("CI") != nullptr) FAIL() << "CI must permit network namespaces";
    std::cerr << "\n*** NOT TESTED: this test needs root to make a network namespace ***\n\n";
    GTEST_SKIP();
  }

  /// Whether the test program has its own namespace.
  static bool is_private() {
    static const bool entered = unshare(CLONE_NEWNET) == 0 && std::system("ip link set lo up") == 0;
    return entered;
  }

  /// Runs a command that must succeed.
  static void run(const std::string& command) {
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }
};

}  // namespace apiary
