#include "sandbox/shared_mappings.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

TEST(SharedMappings, CountOnceForAllProcesses) {
  std::map<std::uint64_t, std::uint64_t> sizes;
  const char* maps =
      "5590-55a0 r-xp 00000000 fe:01 77 /usr/sbin/nginx\n"
      "10000-30000 rw-s 00000000 00:01 2051 /dev/zero (deleted)\n"
      "40000-50000 rw-s 00000000 00:01 2052 /dev/zero (deleted)\n"
      "60000-70000 rw-p 00000000 00:00 0 [heap]\n";
  add_shared_mappings(maps, sizes);
  add_shared_mappings(maps, sizes);
  // Another process has unmapped the first page.
  add_shared_mappings("11000-30000 rw-s 00001000 00:01 2051 /dev/zero (deleted)", sizes);
  EXPECT_EQ(sizes, (std::map<std::uint64_t, std::uint64_t>{{2051, 0x20000}, {2052, 0x10000}}));
}

}  // namespace
}  // namespace apiary
