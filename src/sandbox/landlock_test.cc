#include "sandbox/landlock.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>

namespace apiary {
namespace {

namespace fs = std::filesystem;

class LandlockTest : public testing::Test {
 protected:
  void SetUp() override {
    if (landlock_support().abi == 0) GTEST_SKIP() << describe(landlock_support());
    fs::create_directories(folder / "below");
    for (const char* name : {"secret.conf", "shown", "below/inside"})
      std::ofstream(folder / name) << "text";
  }
  void TearDown() override { fs::remove_all(folder); }

  /// The errno with which `attempt` fails in the domain; 0: it succeeds.
  int errno_of(const std::function<bool()>& attempt) {
    ViewWatch watch;
    const auto domain = Landlock::make(
        {.directory = folder.string(), .hidden = {(folder / "secret.conf").string()}}, watch);
    if (!domain) return -domain.error().number;
    const pid_t child = fork();
    if (child == 0) {
      prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
      if (!domain->confine_self()) _exit(255);
      errno = 0;
      _exit(attempt() ? 0 : errno);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  std::function<bool()> opens(const fs::path& path, int flags) {
    return [path, flags] { return open(path.c_str(), flags | O_CLOEXEC, 0600) >= 0; };
  }

  fs::path folder = fs::canonical(testing::TempDir()) / ("landlock" + std::to_string(getpid()));
};

TEST_F(LandlockTest, AProgramReadsWhatTheViewShows) {
  EXPECT_EQ(errno_of(opens(folder / "shown", O_RDONLY)), 0);
  EXPECT_EQ(errno_of(opens(folder / "below/inside", O_RDONLY)), 0);
  EXPECT_EQ(errno_of(opens("/usr/bin/env", O_RDONLY)), 0);
  EXPECT_EQ(errno_of(opens("/dev/null", O_RDWR)), 0);
  EXPECT_EQ(errno_of([] { return execl("/bin/true", "true", nullptr) == 0; }), 0);
  EXPECT_EQ(errno_of(opens(folder / "secret.conf", O_RDONLY)), EACCES);
  EXPECT_EQ(errno_of(opens("/etc/passwd", O_RDONLY)), EACCES);
  EXPECT_EQ(errno_of(opens("/home", O_RDONLY | O_DIRECTORY)), EACCES);
}

TEST_F(LandlockTest, AProgramWritesNothing) {
  EXPECT_EQ(errno_of(opens(folder / "shown", O_WRONLY)), EACCES);
  EXPECT_EQ(errno_of(opens(folder / "mine", O_WRONLY | O_CREAT)), EACCES);
  EXPECT_EQ(errno_of(opens("/tmp/landlock-mine", O_WRONLY | O_CREAT)), EACCES);
  EXPECT_EQ(errno_of([&] { return unlink((folder / "shown").c_str()) == 0; }), EACCES);
  EXPECT_EQ(errno_of([&] { return mkdir((folder / "mine").c_str(), 0700) == 0; }), EACCES);
}

TEST_F(LandlockTest, AProgramHasNoTcp) {
  if (!landlock_support().has_tcp()) GTEST_SKIP();
  const auto call = [](auto function) {
    return [function] {
      const int tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      const sockaddr_in address{
          .sin_family = AF_INET, .sin_port = htons(9), .sin_addr = {htonl(INADDR_LOOPBACK)}};
      return function(tcp, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    };
  };
  EXPECT_EQ(errno_of(call(connect)), EACCES);
  EXPECT_EQ(errno_of(call(bind)), EACCES);
}

TEST_F(LandlockTest, AProgramReachesNobodyElse) {
  if (!landlock_support().has_scopes()) GTEST_SKIP();
  const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  const std::string name = "landlock-" + std::to_string(getpid());
  name.copy(address.sun_path + 1, sizeof address.sun_path - 1);
  const auto size = static_cast<socklen_t>(sizeof(sa_family_t) + 1 + name.size());
  const auto* const general = reinterpret_cast<const sockaddr*>(&address);
  ASSERT_EQ(bind(listener, general, size), 0);
  ASSERT_EQ(listen(listener, 1), 0);
  EXPECT_EQ(errno_of([&] {
              return connect(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), general, size) == 0;
            }),
            EPERM);
  close(listener);
  EXPECT_EQ(errno_of([] { return kill(getppid(), 0) == 0; }), EPERM);
  EXPECT_EQ(errno_of([] { return kill(getpid(), 0) == 0; }), 0);
}

TEST(LandlockSupport, HasWords) {
  EXPECT_EQ(describe(LandlockSupport{}), "nothing: this kernel has no Landlock");
  EXPECT_EQ(describe(LandlockSupport{3}), "they write no files, and read those of their view");
  EXPECT_EQ(describe(LandlockSupport{6}),
            "they write no files, and read those of their view; no TCP; no abstract Unix sockets "
            "and no signals to others");
}

}  // namespace
}  // namespace apiary
