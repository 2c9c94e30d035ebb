#include "posix/unix_listener.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "posix/testing/temporary_files.h"

namespace apiary {
namespace {

constexpr const char* name = "test socket";
const UnixListenerSpec owner_only{.name = name, .option = "--path PATH"};

struct stat status_of(const std::string& path) {
  struct stat file {};
  EXPECT_EQ(stat(path.c_str(), &file), 0) << path;
  return file;
}

TEST(UnixListener, HasItsModeAndGroup) {
  const TemporaryFolder folder;
  const auto own = UnixListener::listen_at(folder.path() + "/own", owner_only);
  ASSERT_TRUE(own) << to_string(own.error());
  EXPECT_EQ(status_of(own->path()).st_mode & 0777U, 0600U);
  const gid_t group = geteuid() == 0 ? 4321 : getegid();
  const auto shared = UnixListener::listen_at(
      folder.path() + "/shared",
      {.name = name, .option = "--path PATH", .mode = 0660, .group = group});
  ASSERT_TRUE(shared) << to_string(shared.error());
  EXPECT_EQ(status_of(shared->path()).st_mode & 0777U, 0660U);
  EXPECT_EQ(status_of(shared->path()).st_gid, group);
}

TEST(UnixListener, ReplacesASocketAtWhichNobodyListens) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/socket";
  {
    auto first = UnixListener::listen_at(path, owner_only);
    ASSERT_TRUE(first);
    const auto second = UnixListener::listen_at(path, owner_only);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().what,
              "another daemon listens at " + path + ": choose another path with --path PATH");
    EXPECT_TRUE(connect_to_unix(path, name)) << "the first is not disturbed";
  }
  EXPECT_NE(access(path.c_str(), F_OK), 0) << "the destructor removes it";
  {
    const FileDescriptor dead(socket(AF_UNIX, SOCK_STREAM, 0));
    auto killed = UnixListener::listen_at(path, owner_only);
    ASSERT_TRUE(killed);
    ASSERT_EQ(link(path.c_str(), (path + "-dead").c_str()), 0);
  }
  EXPECT_TRUE(UnixListener::listen_at(path + "-dead", owner_only));
}

TEST(UnixListener, LeavesAnotherFileAlone) {
  const TemporaryFolder folder;
  const std::string file = folder.add("file", "text");
  const auto listener = UnixListener::listen_at(file, owner_only);
  ASSERT_FALSE(listener);
  EXPECT_NE(listener.error().what.find("is not a socket"), std::string::npos);
  const std::string path = folder.path() + "/socket";
  {
    auto replaced = UnixListener::listen_at(path, owner_only);
    ASSERT_TRUE(replaced);
    ASSERT_EQ(unlink(path.c_str()), 0);
    folder.add("socket", "another's");
  }
  EXPECT_EQ(access(path.c_str(), F_OK), 0) << "what took its place stays";
}

}  // namespace
}  // namespace apiary
