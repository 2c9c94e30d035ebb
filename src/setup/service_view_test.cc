#include "setup/service_view.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "posix/testing/temporary_files.h"

namespace apiary {
namespace {

class ServiceViewTest : public ::testing::Test {
 protected:
  ServiceViewTest() {
    for (const char* name : {"etc", "etc/scripts", "srv", "srv/www", "var"})
      std::filesystem::create_directory(folder.path() + "/" + name);
  }
  std::string at(const std::string& name) const { return folder.path() + "/" + name; }
  SandboxView view(const std::vector<std::string>& commands,
                   const std::vector<std::string>& configuration = {},
                   const std::vector<std::string>& daemon_files = {}) const {
    std::vector<ScriptUse> scripts;
    for (const std::string& command : commands)
      scripts.push_back({.command = command, .place = {}});
    return service_view({.directory = at("etc"), .daemon_files = daemon_files}, configuration,
                        scripts);
  }
  static bool has(const std::vector<std::string>& paths, const std::string& path) {
    return std::ranges::find(paths, path) != paths.end();
  }

  TemporaryFolder folder;
};

TEST_F(ServiceViewTest, ShowsWhatCommandsNameByAbsolutePaths) {
  folder.add("srv/server.py", "");
  folder.add("srv/www/index.html", "");
  folder.add("etc/scripts/web.sh", "");
  struct Case {
    const char* name;
    std::string command;
    std::vector<std::string> shown;
  };
  for (const Case& c :
       {Case{"a program's folder", at("srv/server.py") + " -x", {at("srv")}},
        Case{"that of an interpreter's script", "python3 " + at("srv/server.py"), {at("srv")}},
        Case{"a folder", "cat -r " + at("srv/www"), {at("srv/www")}},
        Case{"a file of an option",
             "server -v --index=" + at("srv/www/index.html"),
             {at("srv/www/index.html")}},
        Case{"what is beside the configuration, with it", "sh " + at("etc/scripts/web.sh"), {}},
        Case{"relative paths, with the configuration", "sh scripts/web.sh", {}},
        Case{"variables", "cat " + at("srv") + "/$ipsrc", {}},
        Case{"what is not there", "cat -x " + at("srv/gone"), {}},
        Case{"programs of the system", "/usr/bin/env cat", {}}}) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(view({c.command}).shown, c.shown);
  }
}

TEST_F(ServiceViewTest, ShowsThePlaceAndTheTargetOfALink) {
  folder.add("srv/server.py", "");
  std::filesystem::create_directory_symlink(at("srv"), at("link"));
  const SandboxView seen = view({"python3 " + at("link/server.py")});
  EXPECT_TRUE(has(seen.shown, at("link")));
  EXPECT_TRUE(has(seen.shown, at("srv")));
}

TEST_F(ServiceViewTest, HidesTheFilesOfTheConfigurationAndTheDaemon) {
  for (const char* name : {"etc/x.conf", "etc/x.conf~", "etc/.x.conf.swp", "etc/x.conf.sh",
                           "var/real.conf", "etc/web.sh", "etc/events.jsonl",
                           "etc/events.jsonl.2026-11-28", "etc/events.db", "etc/events.db-wal"})
    folder.add(name, "");
  std::filesystem::create_symlink(at("var/real.conf"), at("etc/link.conf"));
  const SandboxView seen = view({}, {at("etc/x.conf"), at("etc/link.conf"), at("etc/new.conf")},
                                {at("etc/events.jsonl"), at("etc/events.db"), "/run/x.sock"});
  for (const char* name : {"etc/x.conf", "etc/x.conf~", "etc/.x.conf.swp", "var/real.conf",
                           "etc/link.conf", "etc/new.conf", "etc/events.jsonl",
                           "etc/events.jsonl.2026-11-28", "etc/events.db", "etc/events.db-wal"})
    EXPECT_TRUE(has(seen.hidden, at(name))) << name;
  for (const char* name : {"etc/x.conf.sh", "etc/web.sh"})
    EXPECT_FALSE(has(seen.hidden, at(name))) << name;
  EXPECT_TRUE(has(seen.hidden, "/run/x.sock"));
}

TEST_F(ServiceViewTest, FindsTheFolderOfTheConfigurationThroughALink) {
  std::filesystem::create_directory_symlink(at("etc"), at("link"));
  EXPECT_TRUE(has(view({}, {at("link/x.conf")}).hidden, at("etc/x.conf")));
}

TEST_F(ServiceViewTest, InTheFolderForTemporaryFilesEachNamedFileIsShown) {
  const std::string script = folder.add("web.sh", "");  // in a folder of /tmp
  const std::string name = script.substr(std::string("/tmp/").size());
  EXPECT_EQ(service_view({.directory = "/tmp"}, {}, {{.command = "sh " + name, .place = {}}}).shown,
            (std::vector{folder.path()}));
}

}  // namespace
}  // namespace apiary
