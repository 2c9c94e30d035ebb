#include "sink/spool.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "posix/testing/full_disk.h"
#include "posix/testing/temporary_files.h"

namespace apiary {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t megabyte = 1 << 20;

std::vector<std::string> drained(Spool& spool) {
  std::vector<std::string> all;
  std::string record;
  while (!spool.empty()) {
    EXPECT_TRUE(spool.read_front(record));
    all.push_back(record);
    EXPECT_TRUE(spool.pop_front(record));
  }
  return all;
}

using Texts = std::vector<std::string>;

class SpoolTest : public testing::Test {
 protected:
  Spool open(std::uint64_t max_bytes = megabyte) const {
    return Spool::open({path, max_bytes}).value();
  }
  std::string error_of_open() const {
    const auto spool = Spool::open({path, megabyte});
    return spool ? "" : to_string(spool.error());
  }
  void append_bytes(const std::string& bytes) const {
    std::ofstream(path, std::ios::app | std::ios::binary) << bytes;
  }
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/spool";
};

TEST_F(SpoolTest, ReturnsRecordsInOrderAndShrinks) {
  Spool spool = open();
  EXPECT_TRUE(spool.empty());
  const Texts records = {"one", "", std::string(100'000, 'x'), std::string("\0\n", 2)};
  for (int round = 0; round < 2; ++round) {
    for (const std::string& record : records) EXPECT_TRUE(spool.append(record));
    EXPECT_EQ(spool.use().events, records.size());
    EXPECT_EQ(spool.use().bytes, fs::file_size(path) - 16);
    EXPECT_EQ(drained(spool), records);
    EXPECT_EQ(spool.use().events, 0U);
    EXPECT_EQ(fs::file_size(path), 16U);
  }
}

TEST_F(SpoolTest, OutlivesItsOwner) {
  {
    Spool spool = open();
    for (const char* const record : {"one", "two", "three"}) EXPECT_TRUE(spool.append(record));
    EXPECT_TRUE(spool.pop_front("one"));
  }
  Spool spool = open();
  EXPECT_EQ(spool.use().events, 2U);
  EXPECT_TRUE(spool.append("four"));
  EXPECT_EQ(drained(spool), (Texts{"two", "three", "four"}));
}

TEST_F(SpoolTest, RemovesATornRecord) {
  const auto fill = [this] {
    fs::remove(path);
    Spool spool = open();
    EXPECT_TRUE(spool.append("one"));
    EXPECT_TRUE(spool.append("two"));
  };
  fill();
  const std::uint64_t whole = fs::file_size(path);
  const std::uint64_t record_bytes = 8 + 3;
  for (std::uint64_t cut = 1; cut <= whole; ++cut) {
    SCOPED_TRACE(cut);
    fill();
    fs::resize_file(path, whole - cut);
    Spool spool = open();
    EXPECT_TRUE(spool.append("new"));
    const Texts left = cut <= record_bytes ? Texts{"one", "new"} : Texts{"new"};
    EXPECT_EQ(drained(spool), left);
  }
}

TEST_F(SpoolTest, CountsTheBytesThatItRemoves) {
  ASSERT_TRUE(open().append("one"));
  for (const std::string& garbage :
       {std::string(3, '\0'), std::string(50, 'x'), std::string(5000, '\0')}) {
    append_bytes(garbage);
    Spool spool = open();
    EXPECT_EQ(spool.take_cut_bytes(), garbage.size());
    EXPECT_FALSE(spool.empty());
    EXPECT_EQ(fs::file_size(path), 16U + 8 + 3);
  }
  EXPECT_EQ(open().take_cut_bytes(), 0U);
}

TEST_F(SpoolTest, RefusesARecordThatExceedsItsLimit) {
  Spool spool = open(100);
  Texts records;
  while (spool.append("0123456789")) records.emplace_back("0123456789");
  EXPECT_EQ(records.size(), 4U) << "16 bytes, and 18 for each";
  const auto refused = spool.append("0123456789");
  EXPECT_NE(to_string(refused.error()).find("is full (100 bytes)"), std::string::npos);
  EXPECT_EQ(drained(spool), records);
  EXPECT_TRUE(spool.append("0123456789")) << "there is room again";
}

TEST_F(SpoolTest, IsEmptyIfItsOwnerWasKilledWhileItBecameEmpty) {
  {
    Spool spool = open();
    for (const char* const record : {"one", "two"}) EXPECT_TRUE(spool.append(record));
    EXPECT_TRUE(spool.pop_front("one"));
  }
  fs::resize_file(path, 16);  // between the two calls of clear()
  Spool spool = open();
  EXPECT_TRUE(spool.empty());
  EXPECT_TRUE(spool.append("three"));
  EXPECT_EQ(drained(spool), Texts{"three"});
}

TEST_F(SpoolTest, RefusesAnotherFileAndASecondOwner) {
  append_bytes("this is somebody's diary");
  EXPECT_NE(error_of_open().find("is not a spool: remove it, or name another file"),
            std::string::npos);
  EXPECT_EQ(fs::file_size(path), 24U) << "it is left alone";
  fs::remove(path);
  {
    const Spool first = open();
    EXPECT_NE(error_of_open().find("another sink or daemon uses the spool"), std::string::npos);
  }
  EXPECT_EQ(error_of_open(), "");
  fs::remove(path);
  fs::create_directory(path);
  EXPECT_NE(error_of_open(), "");
  fs::remove(path);
  fs::create_symlink(folder.path() + "/elsewhere", path);
  EXPECT_NE(error_of_open(), "") << "a symbolic link";
  EXPECT_FALSE(fs::exists(folder.path() + "/elsewhere"));
}

TEST_F(SpoolTest, IsReadableForItsOwnerOnly) {
  const auto mode = [&] {
    struct stat status {};
    EXPECT_EQ(stat(path.c_str(), &status), 0);
    return status.st_mode & 0777;
  };
  open();
  EXPECT_EQ(mode(), 0600U);
  ASSERT_EQ(chmod(path.c_str(), 0644), 0);
  open();
  EXPECT_EQ(mode(), 0600U) << "an existing file";
}

TEST_F(SpoolTest, KeepsItsPlaceOnTheDiskWhenItIsNeverEmpty) {
  constexpr std::uint64_t limit = 256 << 10;
  const std::string record(1000, 'x');
  Spool spool = open(limit);
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(spool.append(record));
  std::string front;
  for (int i = 0; i < 2000; ++i) {
    ASSERT_TRUE(spool.append(record)) << i;
    ASSERT_TRUE(spool.read_front(front)) << i;
    ASSERT_TRUE(spool.pop_front(front)) << i;
  }
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_GT(static_cast<std::uint64_t>(status.st_size), 2'000'000U);
  EXPECT_LE(static_cast<std::uint64_t>(status.st_blocks) * 512, limit + 4096);
  EXPECT_EQ(drained(spool), Texts(100, record));
}

TEST_F(SpoolTest, StopsAtADamagedRecordAndAtAHole) {
  for (const char damage : {'x', '\0'}) {
    fs::remove(path);
    {
      Spool spool = open();
      for (const char* const record : {"one", "two", "three"}) EXPECT_TRUE(spool.append(record));
    }
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(16 + 11);
    file << std::string(11, damage);
    file.close();
    Spool spool = open();
    EXPECT_EQ(spool.take_cut_bytes(), 11U + 13);
    EXPECT_EQ(drained(spool), Texts{"one"});
  }
}

TEST_F(SpoolTest, IsUnchangedByAnAppendThatFindsTheDiskFull) {
  Spool spool = open();
  ASSERT_TRUE(spool.append("one"));
  {
    const FullDisk full(16 + 11 + 5);
    EXPECT_FALSE(spool.append("two"));
  }
  EXPECT_EQ(spool.use().events, 1U);
  ASSERT_TRUE(spool.append("three"));
  EXPECT_EQ(drained(spool), (Texts{"one", "three"}));
}

}  // namespace
}  // namespace apiary
