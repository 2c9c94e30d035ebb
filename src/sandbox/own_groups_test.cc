#include "sandbox/own_groups.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

struct Case {
  const char *name, *mountinfo, *cgroup;
  std::vector<OwnGroup> groups;
};

constexpr const char* unified_mount =
    "35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";
constexpr const char* v1_mounts =
    "28 27 0:24 / /sys/fs/cgroup/cpu,cpuacct rw shared:1 - cgroup cgroup rw,cpu,cpuacct\n"
    "29 27 0:25 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
    "30 27 0:26 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "31 27 0:27 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd\n"
    "32 27 0:28 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n"
    "33 27 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";

TEST(OwnGroups, ComeFromProc) {
  for (const Case& c : {
           Case{"a unit of systemd",
                unified_mount,
                "0::/system.slice/apiary-spawner@1-0.service\n",
                {{"/sys/fs/cgroup/system.slice/apiary-spawner@1-0.service", true, false, 0}}},
           Case{"a container", unified_mount, "0::/\n", {{"/sys/fs/cgroup", true, true, 0}}},
           Case{"a container whose mount shows its own group",
                "35 24 0:30 /docker/a1 /sys/fs/cgroup ro - cgroup2 cgroup rw\n",
                "0::/docker/a1/inner\n",
                {{"/sys/fs/cgroup/inner", true, false, 0}}},
           Case{"a group out of sight",
                "35 24 0:30 /docker/a1 /sys/fs/cgroup ro - cgroup2 c rw\n",
                "0::/docker/a10\n",
                {}},
           Case{"version 1, and 2 without controllers",
                v1_mounts,
                "6:pids:/user.slice\n5:name=systemd:/x\n4:memory:/a:b\n3:cpuset:/\n"
                "2:cpu,cpuacct:/\n0::/user.slice\n",
                {{"/sys/fs/cgroup/unified/user.slice", true, false, 0},
                 {"/sys/fs/cgroup/pids/user.slice", false, false, controller::processes},
                 {"/sys/fs/cgroup/memory/a:b", false, false, controller::memory},
                 {"/sys/fs/cgroup/cpu,cpuacct", false, true, controller::cpu}}},
           Case{"nothing mounted", "", "0::/\n", {}},
           Case{"no control groups", unified_mount, "", {}},
           Case{"malformed", "- cgroup2\n\n1 2 - cgroup2 c rw\n", "0::\n:\n0\n", {}},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(own_groups(c.mountinfo, c.cgroup), c.groups);
  }
}

TEST(OwnGroups, ControllersHaveWords) {
  EXPECT_EQ(describe_controllers(0), "");
  EXPECT_EQ(describe_controllers(controller::memory), "memory");
  EXPECT_EQ(describe_controllers(controller::cpu | controller::processes),
            "processor time and processes");
  EXPECT_EQ(describe_controllers(7), "processor time, memory and processes");
}

}  // namespace
}  // namespace apiary
