#include "event/attack_technique.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

using Kind = AttemptKind;

TEST(AttackTechnique, IsNamedWhereItIsPlain) {
  const struct {
    const char* what;
    Kind kind;
    const char *call, *path, *id;  // id "": none
  } cases[] = {
      {"tracing", Kind::call, "ptrace", "", "T1055.008"},
      {"a socket", Kind::call, "socket", "", ""},
      {"a connection", Kind::message, "connect", "", ""},
      {"a fork bomb", Kind::fork, "fork", "", "T1499.001"},
      {"passwords", Kind::read_file, "openat", "/etc/shadow", "T1003.008"},
      {"their copy", Kind::read_file, "open", "/etc/shadow-", "T1003.008"},
      {"a key", Kind::read_file, "openat", "/root/.ssh/id_rsa", "T1552.004"},
      {"a key of one's own", Kind::change_file, "openat", "/root/.ssh/authorized_keys",
       "T1098.004"},
      {"a cron job", Kind::change_file, "openat", "/etc/cron.d/x", "T1053.003"},
      {"reading cron jobs", Kind::read_file, "openat", "/etc/crontab", ""},
      {"a log", Kind::change_file, "unlink", "/var/log/auth.log", "T1070.002"},
      {"a user", Kind::change_file, "openat", "/etc/passwd", "T1136.001"},
      {"any file", Kind::change_file, "mkdir", "/srv/pot/x", ""},
  };
  for (const auto& c : cases) {
    const AttackTechnique* const found =
        technique_of({.call = c.call, .path = c.path, .kind = c.kind});
    EXPECT_EQ(found == nullptr ? "" : std::string(found->id), c.id) << c.what;
  }
}

}  // namespace
}  // namespace apiary
