#include "setup/server_configuration.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "posix/testing/temporary_files.h"

namespace apiary {
namespace {

TEST(ServerConfiguration, NamesWhatTheServerReads) {
  TemporaryFolder machine;  // in /tmp, which is not shown: see the last line
  for (const char* name : {"www", "conf.d"})
    std::filesystem::create_directory(machine.path() + "/" + name);
  machine.add("main.conf", "root /usr/share/doc; # /etc/hostname\ninclude \"/etc/hosts\";\n");
  machine.add("conf.d/site.conf",
              "log=/var/log/x.log\nkey /etc/shadow;\nall /etc;\npage {/etc/services/;}\n"
              "url http://x/etc/networks\ngone /etc/gone\n");
  EXPECT_EQ(paths_in_configuration(machine.path() + "/main.conf"),
            std::set<std::string>{"/etc/hosts"});
  EXPECT_EQ(paths_in_configuration(machine.path()),
            (std::set<std::string>{"/etc/hosts", "/etc/services"}));
  EXPECT_TRUE(paths_in_configuration(machine.path() + "/gone").empty());
  machine.add("main.conf", "root " + machine.path() + "/www;\n");
  EXPECT_TRUE(paths_in_configuration(machine.path() + "/main.conf").empty());
}

}  // namespace
}  // namespace apiary
