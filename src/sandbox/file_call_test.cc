#include "sandbox/file_call.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>

#include "posix/file_descriptor.h"
#include "posix/testing/temporary_files.h"

namespace apiary {
namespace {

/// A call of this process, with these arguments.
seccomp_notif call_with(std::uint64_t first, std::uint64_t second, std::uint64_t third = 0) {
  seccomp_notif call{};
  call.data.args[0] = first;
  call.data.args[1] = second;
  call.data.args[2] = third;
  return call;
}

std::uint64_t place_of(const char* text) { return reinterpret_cast<std::uint64_t>(text); }

std::string path_of(const char* name, const seccomp_notif& call) {
  const auto found = read_file_call(call, name, getpid());
  return found ? found->path : "none";
}

TEST(FileCall, PathsAreReadAsTheProgramMeansThem) {
  const std::string here = std::filesystem::current_path();
  const auto at_here = static_cast<std::uint64_t>(AT_FDCWD);
  const FileDescriptor tmp(open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const auto at_tmp = static_cast<std::uint64_t>(tmp.get());
  const std::string own = "/proc/" + std::to_string(getpid());
  const struct {
    const char* what;
    const char* name;
    seccomp_notif call;
    std::string path;
  } cases[] = {
      {"an absolute path", "open", call_with(place_of("/etc/shadow"), 0), "/etc/shadow"},
      {"a relative one", "open", call_with(place_of("a/../b"), 0), here + "/a/../b"},
      {"of the working folder", "openat", call_with(at_here, place_of("a")), here + "/a"},
      {"of another folder", "openat", call_with(at_tmp, place_of("a")), "/tmp/a"},
      {"an absolute one beside a folder", "openat", call_with(at_tmp, place_of("/a")), "/a"},
      {"its own process", "open", call_with(place_of("/proc/self/mem"), 0), own + "/mem"},
      {"a name like that", "open", call_with(place_of("/proc/selfish"), 0), "/proc/selfish"},
      {"a new name", "symlink", call_with(place_of("/target"), place_of("/new")), "/new"},
      {"a wrong folder", "openat", call_with(9999, place_of("a")), "none"},
      {"an empty path", "open", call_with(place_of(""), 0), "none"},
      {"no memory", "open", call_with(8, 0), "none"},
      {"a call about no file", "ptrace", call_with(place_of("/a"), 0), "none"},
  };
  for (const auto& c : cases) EXPECT_EQ(path_of(c.name, c.call), c.path) << c.what;
}

TEST(FileCall, APathMayEndWithItsPage) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  void* const memory =
      mmap(nullptr, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  char* const bytes = static_cast<char*>(memory);
  ASSERT_EQ(mprotect(bytes + 2 * page, page, PROT_NONE), 0);
  std::memset(bytes, 'x', 2 * page);
  bytes[0] = '/';
  EXPECT_EQ(path_of("open", call_with(place_of(bytes), 0)), "none") << "it does not end";
  bytes[2 * page - 1] = '\0';
  char* const tail = bytes + 2 * page - 5;
  std::ranges::copy(std::string_view("/etc"), tail);
  EXPECT_EQ(path_of("open", call_with(place_of(tail), 0)), "/etc");
  char* const across = bytes + page - 2;
  std::memcpy(across, "/bin", 5);
  EXPECT_EQ(path_of("open", call_with(place_of(across), 0)), "/bin");
  munmap(memory, 3 * page);
}

TEST(FileCall, FlagsSayWhatItIsFor) {
  for (const auto& [flags, use] :
       {std::pair{O_RDONLY, FileUse::read}, std::pair{O_WRONLY, FileUse::write},
        std::pair{O_RDWR, FileUse::write}, std::pair{O_RDONLY | O_TRUNC, FileUse::write},
        std::pair{O_WRONLY | O_CREAT | O_TRUNC, FileUse::create}}) {
    const auto call = call_with(place_of("/a"), static_cast<std::uint64_t>(flags));
    EXPECT_EQ(read_file_call(call, "open", getpid())->use, use) << flags;
  }
}

TEST(FileCall, IsRefusedByPermissionsAndWhatIsHidden) {
  const TemporaryFolder folder;
  chmod(folder.path().c_str(), 0755);
  const std::string open_to_all = folder.add("open", ""), secret = folder.add("secret", "");
  const std::string readable = folder.add("readable", ""), scratch = folder.path() + "/scratch";
  chmod(open_to_all.c_str(), 0666);
  chmod(secret.c_str(), 0600);
  chmod(readable.c_str(), 0644);
  ASSERT_EQ(mkdir(scratch.c_str(), 0777), 0);
  chmod(scratch.c_str(), 01777);
  const FileUser user{.user = getuid() + 4321, .group = getgid() + 4321};
  const struct {
    const char* what;
    FileUse use;
    std::string path;
    bool is_refused;
  } cases[] = {
      {"read", FileUse::read, readable, false},
      {"read a secret", FileUse::read, secret, true},
      {"write", FileUse::write, open_to_all, false},
      {"write what is read-only", FileUse::write, readable, true},
      {"open to create what exists", FileUse::create, open_to_all, false},
      {"create", FileUse::create, scratch + "/new", false},
      {"create in a folder of others", FileUse::create, folder.path() + "/new", true},
      {"make a folder", FileUse::change_folder, scratch + "/new", false},
      {"remove from a folder of others", FileUse::change_folder, secret, true},
      {"a folder that is missing", FileUse::create, scratch + "/none/new", false},
      {"the null device", FileUse::create, "/dev/null", false},
      {"what Python would keep", FileUse::change_folder, folder.path() + "/__pycache__", false},
      {"what it misses itself", FileUse::read, scratch + "/none", false},
      {"what the machine has", FileUse::read, "/etc/none-of-apiary", true},
      {"a folder of the machine", FileUse::create, "/etc/none-of-apiary/x", true},
      {"what begins like one", FileUse::read, "/etcetera", false},
      {"a process", FileUse::read, "/proc/999999999/mem", true},
  };
  for (const auto& c : cases)
    EXPECT_EQ(is_refused({c.use, c.path}, user), c.is_refused) << c.what << ": " << c.path;
}

}  // namespace
}  // namespace apiary
