#include "sink/quarantine.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include "posix/testing/temporary_files.h"

namespace apiary {
namespace {

constexpr const char* hash_of_abc =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";  // FIPS 180-4

class QuarantineTest : public testing::Test {
 protected:
  void open(const Quarantine::Limits& limits = {}) {
    auto opened = Quarantine::open(folder.path(), limits);
    ASSERT_TRUE(opened) << to_string(opened.error());
    quarantine = std::move(*opened);
  }
  void keep(const std::string& text) {
    const std::string path = files.add("file" + std::to_string(++count_), text);
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    lseek(file.get(), 0, SEEK_END);  // as after its hash was read
    quarantine->keep(file.get(), text.size());
  }
  /// What is there when all is copied.
  std::set<std::string> names() {
    quarantine.reset();
    std::set<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
      found.insert(entry.path().filename());
    return found;
  }

  const TemporaryFolder folder, files;
  std::unique_ptr<Quarantine> quarantine;

 private:
  int count_ = 0;
};

TEST_F(QuarantineTest, KeepsContentsUnderTheirHashForItsOwner) {
  open();
  keep("abc");
  keep("abc");
  keep(std::string(200'000, 'x'));
  EXPECT_EQ(quarantine->take_trouble(), "");
  EXPECT_EQ(names().size(), 2u);
  const std::string path = folder.path() + "/" + hash_of_abc;
  struct stat kept {};
  ASSERT_EQ(stat(path.c_str(), &kept), 0);
  EXPECT_EQ(kept.st_mode & 07777U, 0600U);
  EXPECT_EQ(kept.st_size, 3);
}

TEST_F(QuarantineTest, RemovesTheOldestWhenItIsFull) {
  open({.folder_bytes = 1'000});
  for (char letter = 'a'; letter <= 'z'; ++letter) keep(std::string(100, letter));
  const std::set<std::string> found = names();
  EXPECT_LE(found.size(), 10u);
  EXPECT_GE(found.size(), 8u);
  open({.folder_bytes = 1'000});  // counts what is there
  keep(std::string(900, 'x'));
  EXPECT_LE(names().size(), 2u);
}

TEST_F(QuarantineTest, BoundsTheNumberOfFiles) {
  open({.folder_files = 8});
  for (int i = 0; i < 30; ++i) keep(std::to_string(i));
  EXPECT_LE(names().size(), 8u);
}

TEST_F(QuarantineTest, TellsWhatItDoesNotKeep) {
  open({.file_bytes = 10});
  keep("much too large");
  keep("abc");
  EXPECT_EQ(quarantine->take_trouble(),
            "quarantine " + folder.path() + ": 1 file not kept; the last one: it is too large");
  EXPECT_EQ(quarantine->take_trouble(), "");
  EXPECT_EQ(names(), std::set<std::string>{hash_of_abc});
}

TEST_F(QuarantineTest, FollowsNoLinkAndLeavesOtherFilesAlone) {
  const std::string victim = files.add("victim", "precious");
  ASSERT_EQ(symlink(victim.c_str(), (folder.path() + "/.partial").c_str()), 0);
  folder.add("README", "the operator's");
  open({.folder_bytes = 4});
  keep("abc");
  keep("xyz");
  const std::set<std::string> found = names();
  EXPECT_EQ(found.size(), 2u);
  EXPECT_TRUE(found.contains("README"));
  EXPECT_EQ(std::filesystem::file_size(victim), 8u);
}

TEST(Quarantine, NeedsAFolder) {
  const TemporaryFolder folder;
  EXPECT_FALSE(Quarantine::open(folder.path() + "/none", {}));
  EXPECT_FALSE(Quarantine::open(folder.add("file", ""), {}));
}

}  // namespace
}  // namespace apiary
