#include "sandbox/left_files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <map>

#include "base/hexadecimal.h"
#include "posix/testing/temporary_files.h"

namespace apiary {
namespace {

// FIPS 180-4's examples.
constexpr const char* hash_of_abc =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr const char* hash_of_nothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// What is reported of a folder: paths without it, with bytes and hash.
std::map<std::string, std::pair<std::uint64_t, std::string>> read_all(const std::string& folder,
                                                                      LeftFiles& files) {
  std::map<std::string, std::pair<std::uint64_t, std::string>> found;
  files.read(folder, [&](const LeftFile& file) {
    const std::string hash = file.hash ? hexadecimal(*file.hash) : "";
    EXPECT_TRUE(
        found.emplace(file.path.substr(folder.size() + 1), std::pair{file.bytes, hash}).second)
        << file.path;
  });
  return found;
}

TEST(LeftFiles, RegularFilesHaveTheirHash) {
  const TemporaryFolder folder;
  folder.add("abc", "abc");
  folder.add("empty", "");
  folder.add("a\nb\xff", "abc");
  std::filesystem::create_directories(folder.path() + "/one/two");
  folder.add("one/two/deep", "abc");
  folder.add("large", std::string(200'000, 'x'));
  LeftFiles files{LeftFiles::Limits{}};
  const auto found = read_all(folder.path(), files);
  EXPECT_EQ(found.size(), 5u);
  EXPECT_EQ(found.at("abc"), std::pair(std::uint64_t{3}, std::string(hash_of_abc)));
  EXPECT_EQ(found.at("empty"), std::pair(std::uint64_t{0}, std::string(hash_of_nothing)));
  EXPECT_EQ(found.at("a\nb\xff").second, hash_of_abc);
  EXPECT_EQ(found.at("one/two/deep").second, hash_of_abc);
  EXPECT_EQ(found.at("large").first, 200'000u);
  EXPECT_EQ(found.at("large").second.size(), 64u);
  EXPECT_EQ(files.left_out(), 0u);
}

TEST(LeftFiles, WhatIsNoFileOfTheProgramIsNotOpened) {
  const TemporaryFolder folder, elsewhere;
  elsewhere.add("secret", "abc");
  ASSERT_EQ(symlink((elsewhere.path() + "/secret").c_str(), (folder.path() + "/link").c_str()), 0);
  ASSERT_EQ(symlink(elsewhere.path().c_str(), (folder.path() + "/folder").c_str()), 0);
  ASSERT_EQ(symlink("loop", (folder.path() + "/loop").c_str()), 0);
  ASSERT_EQ(mkfifo((folder.path() + "/fifo").c_str(), 0666), 0) << "opening it would wait";
  const FileDescriptor listener(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  (folder.path() + "/socket").copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  LeftFiles files{LeftFiles::Limits{}};
  EXPECT_TRUE(read_all(folder.path(), files).empty());
  LeftFiles other{LeftFiles::Limits{}};
  EXPECT_TRUE(read_all(folder.path() + "/folder", other).empty()) << "a link in the folder's place";
  LeftFiles missing{LeftFiles::Limits{}};
  EXPECT_TRUE(read_all(folder.path() + "/none", missing).empty());
}

TEST(LeftFiles, LimitsHold) {
  const TemporaryFolder folder;
  const std::string huge = folder.add("huge", "");
  ASSERT_EQ(truncate(huge.c_str(), std::int64_t{1} << 40), 0);  // without a block
  for (int i = 0; i < 20; ++i) folder.add("file" + std::to_string(i), "abc");
  std::string deep = folder.path();
  for (int i = 0; i < 40; ++i) deep += "/d";
  std::filesystem::create_directories(deep);
  LeftFiles files{{.files = 10, .bytes_of_file = 100, .bytes_together = 16, .depth = 4}};
  const auto found = read_all(folder.path(), files);
  EXPECT_EQ(found.size(), 10u);
  EXPECT_EQ(files.left_out(), 21u - 10u + 1u) << "with the folder that is too deep";
  std::size_t hashed = 0;
  for (const auto& [path, file] : found) hashed += file.second.empty() ? 0 : 1;
  EXPECT_EQ(hashed, 5u) << "of three bytes each";
  LeftFiles again{LeftFiles::Limits{}};
  EXPECT_EQ(read_all(folder.path(), again).at("huge"),
            std::pair(std::uint64_t{1} << 40, std::string()));
}

}  // namespace
}  // namespace apiary
