#include "posix/read_file.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "posix/testing/temporary_files.h"

namespace apiary {
namespace {

TEST(ReadFile, ReadsWholeRegularFiles) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/file";
  for (const std::string& text :
       {std::string{}, std::string{"a\0b\n", 4}, std::string(300'000, 'x')}) {
    std::ofstream(path, std::ios::binary) << text;
    EXPECT_EQ(read_file(path).value(), text);
    EXPECT_EQ(read_input(path).value(), text);
  }
  EXPECT_NE(read_file("/proc/self/status").value().find("Name:"), std::string::npos)
      << "stat() reports a size of 0";
}

TEST(ReadFile, RefusesOtherFilesWithoutWaiting) {
  const TemporaryFolder folder;
  const std::string pipe = folder.path() + "/pipe", large = folder.path() + "/large",
                    socket_path = folder.path() + "/socket", link = folder.path() + "/link";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  std::ofstream(large).close();
  std::filesystem::resize_file(large, max_file_bytes + 1);  // a hole
  std::filesystem::create_symlink("/dev/zero", link);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  socket_path.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);

  struct Case {
    std::string_view name;
    std::string path, why;
  };
  for (const Case& c : {
           Case{"a pipe", pipe, "it is a pipe, not a regular file"},
           Case{"a device that never ends", "/dev/zero", "it is a device, not a regular file"},
           Case{"a link to one", link, "it is a device, not a regular file"},
           Case{"a socket", socket_path, "it is a socket, not a regular file"},
           Case{"a folder", folder.path(), "Is a directory"},
           Case{"a large file", large, "it is larger than 64 MiB"},
           Case{"nothing", folder.path() + "/none", "No such file or directory"},
       }) {
    SCOPED_TRACE(c.name);
    const auto text = read_file(c.path);
    ASSERT_FALSE(text.has_value());
    EXPECT_EQ(text.error(), "cannot read " + c.path + ": " + c.why);
  }
  close(socket);
}

TEST(ReadFile, AnInputMayBeAPipeWithAnEnd) {
  const TemporaryFolder folder;
  const std::string pipe = folder.path() + "/pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  std::thread writer([&] { std::ofstream(pipe) << "create a\n"; });
  EXPECT_EQ(read_input(pipe).value(), "create a\n");
  writer.join();
  EXPECT_EQ(read_input("/dev/null").value(), "");
  EXPECT_EQ(read_input("/dev/zero").error(), "cannot read /dev/zero: it is larger than 64 MiB");
  EXPECT_EQ(read_input(folder.path()).error(), "cannot read " + folder.path() + ": Is a directory");
}

}  // namespace
}  // namespace apiary
