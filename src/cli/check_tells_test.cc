#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cli/check.h"
#include "posix/testing/temporary_files.h"

namespace apiary {
namespace {

TEST(CheckTells, WarnsOfWhatDistinguishesHostsFromMachines) {
  TemporaryFolder folder;
  folder.add("iis.sh", "printf 'Server: Microsoft-IIS/10.0'\n");
  folder.add("knows.sh", "case $HONEYD_PERSONALITY in *Windows*) echo Microsoft-IIS/10.0;; esac\n");
  constexpr std::string_view systems = "Fingerprint Linux 5.4\nT1(R=Y)\n";
  const std::string linux_host =
      "create a\nset a personality \"Linux 5.4\"\nset a default tcp action reset\n";
  std::string hosts;
  for (int i = 1; i <= 9; ++i) hosts += fmt::format("bind 10.0.0.{} a\n", i);
  std::string links = "route entry 10.0.0.1\nroute 10.0.0.1 link 10.0.0.0/24\nbind 10.0.0.5 a\n";
  for (int i = 2; i <= 4; ++i)
    links += fmt::format(
        "route 10.0.{0}.1 link 10.0.{0}.0/24\nbind 10.0.{0}.9 a\n"
        "route 10.0.0.1 add net 10.0.{0}.0/24 10.0.{0}.1 latency {0}0ms\n",
        i);
  std::string irregular = links;
  for (auto at = irregular.find("0ms"); at != irregular.npos; at = irregular.find("0ms", at))
    irregular.replace(at, 3, "0.3ms jitter 0.4ms");
  struct Case {
    std::string name, text;
    std::string tell;  // empty: none
  };
  for (const Case& c : {
           Case{"nothing", linux_host + "bind 10.0.0.5 a\n", ""},
           Case{"every port open", "create a\nbind 10.0.0.5 a\n", "(T13,"},
           Case{"one MAC address", linux_host + hosts, "(T18,"},
           Case{"cards of their own",
                linux_host + "set a ethernet \"00:16:3e:11:22:33\"\n"
                             "bind 10.0.0.5 a\n",
                ""},
           Case{"one set of services",
                linux_host +
                    "add a tcp port 80 \"sh knows.sh\"\n"
                    "route entry 10.0.0.1\nroute 10.0.0.1 link 10.0.0.0/24\n" +
                    hosts,
                "(T13,"},
           Case{"a program of another system",
                linux_host + "add a tcp port 80 \"sh iis.sh\"\nbind 10.0.0.5 a\n", "(T1,"},
           Case{"a program that knows its system",
                linux_host + "add a tcp port 80 \"sh knows.sh\"\nbind 10.0.0.5 a\n", ""},
           Case{"a full network",
                "create default\nset default default tcp action reset\nroute entry 10.0.0.1\n"
                "route 10.0.0.1 link 10.0.0.0/24\n",
                "(T13,"},
           Case{"round latencies", linux_host + links, "(T10,"},
           Case{"irregular latencies", linux_host + irregular, ""},
           Case{"a proxy to the visitor",
                linux_host + "add a tcp port 22 proxy $ipsrc:22\nbind 10.0.0.5 a\n", "(T16,"},
       }) {
    SCOPED_TRACE(c.name);
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    const int status = run_check({.configuration = folder.add("x.conf", c.text),
                                  .personalities = folder.add("systems", systems)});
    ::testing::internal::GetCapturedStdout();
    const std::string errors = ::testing::internal::GetCapturedStderr();
    EXPECT_EQ(status, 0) << errors;
    if (c.tell.empty())
      EXPECT_EQ(errors.find("(T"), std::string::npos) << errors;
    else
      EXPECT_NE(errors.find(c.tell), std::string::npos) << errors;
  }
}

}  // namespace
}  // namespace apiary
