#include "sandbox/user_namespace.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <string>

namespace apiary {
namespace {

TEST(UserNamespace, RangesAreInOrderAndDoNotOverlap) {
  EXPECT_EQ(merged({}), std::vector<IdRange>{});
  EXPECT_EQ(merged({{10, 5}, {4321, 1}, {2, 1}}),
            (std::vector<IdRange>{{2, 1}, {10, 5}, {4321, 1}}));
  EXPECT_EQ(merged({{10, 5}, {12, 1}, {13, 4}, {17, 1}}), (std::vector<IdRange>{{10, 8}}));
  EXPECT_EQ(merged({{1, 4294967294u}, {7, 1}}), (std::vector<IdRange>{{1, 4294967294u}}));
}

/// What `check` returns in a child process.
int in_child(const std::function<int()>& check) {
  const pid_t child = fork();
  if (child == 0) _exit(check());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(UserNamespace, RootWithoutItsUserIsNobodyOutside) {
  if (geteuid() != 0 || !may_map_ids()) GTEST_SKIP() << "the users are root's to give";
  EXPECT_EQ(in_child([] {
              if (!enter_user_namespace({{2'000'000'000, 10}, {4321, 1}})) return 1;
              if (setresgid(2'000'000'003, 2'000'000'003, 2'000'000'003) != 0) return 2;
              if (setresuid(2'000'000'003, 2'000'000'003, 2'000'000'003) != 0) return 3;
              if (setresuid(0, 0, 0) == 0) return 4;
              if (access("/etc/shadow", R_OK) == 0) return 5;
              if (setresuid(4321, 4321, 4321) != 0) return 6;
              return may_make_namespaces() ? 0 : 7;
            }),
            0);
}

TEST(UserNamespace, AnotherUserHasItselfOnly) {
  EXPECT_EQ(in_child([] {
              if (geteuid() == 0 &&
                  (setresgid(4321, 4321, 4321) != 0 || setresuid(4321, 4321, 4321) != 0))
                return 1;
              const uid_t user = geteuid();
              if (!enter_user_namespace({{2'000'000'000, 10}})) return 2;
              if (geteuid() != user) return 3;
              return setresuid(user + 1, user + 1, user + 1) == 0 ? 4 : 0;
            }),
            0);
}

}  // namespace
}  // namespace apiary
