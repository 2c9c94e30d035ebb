#include "sink/rotating_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "posix/as_user.h"
#include "posix/testing/full_disk.h"
#include "posix/testing/temporary_files.h"

namespace apiary {
namespace {

namespace fs = std::filesystem;
const Instant now{seconds{1'764'047'640}};

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}
std::vector<std::string> files_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename());
  std::ranges::sort(names);
  return names;
}
RotatingFile open_file(const std::string& path, const Rotation& rotation = {}) {
  auto file = RotatingFile::open(path, rotation, now);
  if (!file) throw std::runtime_error(to_string(file.error()));
  return std::move(*file);
}
bool appends(RotatingFile& file, std::string_view piece, Instant at = now) {
  return file.append(piece, at).bytes == piece.size();
}
/// The sentence about what is wrong; empty: nothing is.
std::string trouble_of(const Upkeep& upkeep) {
  return upkeep.trouble ? to_string(*upkeep.trouble) : "";
}

TEST(RotatingFile, CutsTheTornLineOfADaemonThatWasKilled) {
  const TemporaryFolder folder;
  for (const auto& [before, after] : {std::pair{"{}\n{\"half", "{}\nnew\n"},
                                      std::pair{"{}\n", "{}\nnew\n"}, std::pair{"torn", "new\n"}}) {
    const std::string path = folder.add("events", before);
    RotatingFile file = open_file(path);
    ASSERT_TRUE(appends(file, "new\n"));
    EXPECT_EQ(text_of(path), after);
  }
}

TEST(RotatingFile, BeginsANewFileBySizeAndKeepsTheNewest) {
  const TemporaryFolder folder;
  auto file = RotatingFile::open(folder.path() + "/f", {.size_bytes = 10, .budget_bytes = 30}, now,
                                 true, "#\n")
                  .value();
  for (int i = 0; i < 9; ++i)
    ASSERT_TRUE(appends(file, std::to_string(i) + "......\n", now + seconds{i / 2}));
  EXPECT_EQ(files_in(folder.path()),
            (std::vector<std::string>{"f", "f.20251125T051403Z-000001", "f.20251125T051404Z"}));
  EXPECT_EQ(text_of(folder.path() + "/f"), "#\n8......\n");
  EXPECT_EQ(text_of(folder.path() + "/f.20251125T051404Z"), "#\n7......\n");
}

TEST(RotatingFile, BeginsANewFileByTimeAndWhenAsked) {
  const TemporaryFolder folder;
  RotatingFile file = open_file(folder.path() + "/f", {.period = hours{1}});
  ASSERT_TRUE(appends(file, "a\n"));
  EXPECT_EQ(trouble_of(file.on_time(now + minutes{59})), "");
  EXPECT_EQ(files_in(folder.path()).size(), 1U);
  EXPECT_EQ(trouble_of(file.on_time(now + hours{1})), "");
  EXPECT_EQ(files_in(folder.path()), (std::vector<std::string>{"f", "f.20251125T061400Z"}));
  EXPECT_EQ(trouble_of(file.on_time(now + hours{3})), "");
  EXPECT_EQ(files_in(folder.path()).size(), 2U) << "an empty file is new enough";
  ASSERT_TRUE(appends(file, "b\n", now + hours{3}));
  ASSERT_TRUE(file.rotate(now + hours{3}));
  EXPECT_EQ(files_in(folder.path()).size(), 3U);
}

TEST(RotatingFile, SaysWhyItCannotOpen) {
  const auto file = RotatingFile::open("/no/such/folder/f", {}, now);
  ASSERT_FALSE(file);
  EXPECT_EQ(to_string(file.error()), "opening /no/such/folder/f: No such file or directory");
}

TEST(RotatingFile, KeepsWholeLinesOnAFullDisk) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/f";
  RotatingFile file = open_file(path);
  ASSERT_TRUE(appends(file, "one\n"));
  {
    const FullDisk full(11);  // room for "two\nthr"
    const auto appended = file.append("two\nthree\n", now);
    EXPECT_EQ(appended.bytes, 4U) << "the first line is safe";
    ASSERT_TRUE(appended.trouble);
    EXPECT_EQ(to_string(*appended.trouble), "writing " + path + ": File too large");
    EXPECT_EQ(text_of(path), "one\ntwo\n") << "the other is cut off";
    EXPECT_EQ(file.append("three is longer\n", now).bytes, 0U);
  }
  EXPECT_TRUE(appends(file, "three\n"));
  EXPECT_EQ(text_of(path), "one\ntwo\nthree\n");
}

TEST(RotatingFile, CompletesALineThatCannotBeCutOff) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  RotatingFile file = open_file(path, {.size_bytes = 1'000});
  const FileDescriptor reader(open(path.c_str(), O_RDONLY | O_NONBLOCK));
  std::string read_text, expected, piece;
  const auto read_all = [&] {
    char buffer[4'096];
    ssize_t size = 0;
    while ((size = read(reader.get(), buffer, sizeof buffer)) > 0)
      read_text.append(buffer, static_cast<std::size_t>(size));
  };
  for (int i = 0; i < 30'000; ++i) piece += std::to_string(i) + " says somebody\n";
  expected = piece;
  bool was_full = false;
  for (int i = 0; !piece.empty() && i < 100; ++i) {
    const auto appended = file.append(piece, now);
    if (appended.trouble) {
      was_full = true;
      EXPECT_NE(to_string(*appended.trouble).find("no reader"), std::string::npos);
    }
    piece.erase(0, appended.bytes);
    read_all();
  }
  EXPECT_TRUE(was_full);
  EXPECT_EQ(read_text, expected);
  EXPECT_TRUE(file.rotate(now));
  EXPECT_EQ(files_in(folder.path()), std::vector<std::string>{"pipe"}) << "a pipe does not rotate";
}

TEST(RotatingFile, BeginsANewFileWhenAnotherProgramTookIt) {
  struct Case {
    const char* name;
    void (*take)(const std::string& folder);
    std::string notice;
  };
  for (const Case& c : {
           Case{"moved", [](const std::string& f) { fs::rename(f + "/d/f", f + "/d/old"); },
                "the file was moved away; starting a new one"},
           Case{"removed", [](const std::string& f) { fs::remove(f + "/d/f"); },
                "the file was removed; starting a new one"},
           Case{"its folder moved", [](const std::string& f) { fs::rename(f + "/d", f + "/e"); },
                "the file was moved away; starting a new one"},
           Case{"its folder removed", [](const std::string& f) { fs::remove_all(f + "/d"); },
                "the file was removed; starting a new one"},
           Case{"another in its place",
                [](const std::string& f) {
                  fs::rename(f + "/d/f", f + "/d/old");
                  std::ofstream(f + "/d/f") << "before\nhalf a li";
                },
                "the file was moved away; starting a new one"},
       }) {
    for (const bool is_idle : {false, true}) {
      SCOPED_TRACE(c.name + std::string(is_idle ? ", nothing to write" : ""));
      const TemporaryFolder folder;
      const std::string path = folder.path() + "/d/f";
      fs::create_directory(folder.path() + "/d");
      RotatingFile file = open_file(path);
      ASSERT_TRUE(appends(file, "a\n"));
      c.take(folder.path());
      const std::string before = text_of(path).substr(0, 7);
      if (!is_idle) {
        EXPECT_TRUE(appends(file, "b\n"));
      }
      const Upkeep upkeep = file.on_time(now + seconds{1});
      EXPECT_EQ(upkeep.notice, c.notice);
      EXPECT_EQ(trouble_of(upkeep), "");
      EXPECT_EQ(text_of(path), before + (is_idle ? "" : "b\n"));
      EXPECT_EQ(file.on_time(now + seconds{2}).notice, "");
    }
  }
}

TEST(RotatingFile, WritesAMovedFileOnWhileThereCanBeNoNewOne) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/d/f";
  fs::create_directory(folder.path() + "/d");
  RotatingFile file = open_file(path);
  fs::rename(folder.path() + "/d", folder.path() + "/e");
  folder.add("d", "is not a folder");
  EXPECT_TRUE(appends(file, "a\n"));
  EXPECT_EQ(text_of(folder.path() + "/e/f"), "a\n");
  const Upkeep upkeep = file.on_time(now + seconds{1});
  EXPECT_EQ(trouble_of(upkeep),
            "the file was moved away, and is written at its new path: opening " + path +
                ": Not a directory");
  EXPECT_EQ(trouble_of(file.on_time(now + milliseconds{1'500})), trouble_of(upkeep)) << "it lasts";
  EXPECT_FALSE(file.rotate(now)) << "and the log has the reason";
  fs::remove(folder.path() + "/d");
  EXPECT_EQ(trouble_of(file.on_time(now + seconds{3})), "");
  EXPECT_TRUE(appends(file, "b\n", now + seconds{3}));
  EXPECT_EQ(text_of(path), "b\n");
}

TEST(RotatingFile, ContinuesWithoutPermissionToLook) {
  const passwd* const user = getpwnam("nobody");
  if (geteuid() != 0 || user == nullptr) GTEST_SKIP() << "root may look everywhere";
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/f";
  ASSERT_EQ(chown(folder.path().c_str(), user->pw_uid, user->pw_gid), 0);
  const int status = as_user(user, [&] {
    RotatingFile file = open_file(path);
    chmod(folder.path().c_str(), 0);
    if (!appends(file, "a\n", now + seconds{2})) return 1;
    const Upkeep upkeep = file.on_time(now + seconds{4});
    if (!upkeep.notice.empty() || upkeep.trouble) return 2;
    return file.rotate(now + seconds{5}) ? 3 : 0;
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(text_of(path), "a\n");
}

TEST(RotatingFile, DoesNotWriteWhatNobodyCouldRead) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/d/f";
  fs::create_directory(folder.path() + "/d");
  RotatingFile file = open_file(path);
  fs::remove_all(folder.path() + "/d");
  folder.add("d", "is not a folder");
  const auto appended = file.append("a\n", now);
  EXPECT_EQ(appended.bytes, 0U);
  ASSERT_TRUE(appended.trouble);
  EXPECT_EQ(to_string(*appended.trouble),
            "the file was removed, events wait: opening " + path + ": Not a directory");
  fs::remove(folder.path() + "/d");
  EXPECT_TRUE(appends(file, "a\n"));
  EXPECT_EQ(text_of(path), "a\n");
}

TEST(RotatingFile, KnowsThatItWasEmptied) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/f";
  RotatingFile file = open_file(path);
  ASSERT_TRUE(appends(file, "a long line, and then some\n"));
  fs::resize_file(path, 0);  // as logrotate's copytruncate does
  const FullDisk full(4);
  EXPECT_EQ(file.append("b\nmore\n", now).bytes, 2U);
  EXPECT_EQ(text_of(path), "b\n") << "and is not filled up with zeros";
}

TEST(RotatingFile, HasItsHeadAgainWhenItWasEmptiedOrCutOff) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/f";
  auto file = RotatingFile::open(path, {}, now, false, "head").value();
  ASSERT_TRUE(appends(file, "packet"));
  fs::resize_file(path, 0);  // as logrotate's copytruncate does
  ASSERT_TRUE(appends(file, "next", now + seconds{1}));
  EXPECT_EQ(text_of(path), "headnext");
  EXPECT_EQ(file.on_time(now + seconds{1}).notice, "the file was emptied; it begins again");
  fs::resize_file(path, 6);
  ASSERT_TRUE(appends(file, "third", now + seconds{2}));
  EXPECT_EQ(text_of(path), "headthird") << "what was cut off cannot go on";
  EXPECT_EQ(text_of(path + ".20251125T051402Z"), "headne");
  EXPECT_EQ(file.on_time(now + seconds{2}).notice, "the file was cut off; starting a new one");
  fs::resize_file(path, 0);
  {
    const FullDisk full(3);
    EXPECT_EQ(file.append("fourth", now + seconds{3}).bytes, 0U);
  }
  ASSERT_TRUE(appends(file, "fourth", now + seconds{3}));
  EXPECT_EQ(text_of(path), "headfourth");
}

TEST(RotatingFile, LeavesTheNewFileOfLogrotateAlone) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/f";
  RotatingFile file = open_file(path);
  for (const bool was_written_between : {false, true}) {
    ASSERT_TRUE(appends(file, "a\n", now));
    fs::rename(path, path + ".1");
    if (was_written_between) {
      ASSERT_TRUE(appends(file, "b\n", now));
    }
    const auto rotated = file.rotate(now + seconds{1});
    ASSERT_TRUE(rotated);
    EXPECT_EQ(rotated->empty(), !was_written_between);
    EXPECT_EQ(files_in(folder.path()), (std::vector<std::string>{"f", "f.1"}));
  }
  EXPECT_EQ(text_of(path), "b\n");
  const auto again = file.rotate(now + seconds{2});
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, "") << "a second request means it";
  EXPECT_EQ(text_of(path + ".20251125T051402Z"), "b\n");
  fs::remove_all(folder.path());
  std::ofstream(folder.path()) << "is not a folder";
  EXPECT_FALSE(file.rotate(now + seconds{1})) << "but now it is gone";
}

TEST(RotatingFile, RotatesSoonAfterItCouldNot) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/f";
  auto file = RotatingFile::open(path, {.size_bytes = 20}, now, true, "head\n").value();
  ASSERT_TRUE(appends(file, "a\n"));
  {
    const FullDisk full(3);
    file.append("too long for this file\n", now);
    EXPECT_NE(trouble_of(file.on_time(now)), "");
  }
  EXPECT_NE(trouble_of(file.on_time(now + seconds{5})), "");
  EXPECT_EQ(trouble_of(file.on_time(now + seconds{10})), "") << "though nothing is written";
  EXPECT_EQ(text_of(path), "head\n");
}

TEST(RotatingFile, IsWhatItWasWhenARotationFails) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/f";
  auto file = RotatingFile::open(path, {.size_bytes = 20}, now, true, "head\n").value();
  ASSERT_TRUE(appends(file, "a\n"));
  {
    const FullDisk full(3);  // no head fits in
    const auto rotated = file.rotate(now);
    ASSERT_FALSE(rotated);
    EXPECT_EQ(to_string(rotated.error()), "writing " + path + ": File too large");
    EXPECT_EQ(files_in(folder.path()), std::vector<std::string>{"f"});
    EXPECT_EQ(file.append("too long for this file\n", now).bytes, 0U);
    EXPECT_NE(trouble_of(file.on_time(now)), "");
    EXPECT_NE(trouble_of(file.on_time(now + seconds{9})), "") << "it lasts";
  }
  EXPECT_TRUE(appends(file, "b\n"));
  EXPECT_EQ(text_of(path), "head\na\nb\n");
  EXPECT_TRUE(file.rotate(now));
  EXPECT_EQ(text_of(path), "head\n");
  EXPECT_EQ(trouble_of(file.on_time(now + seconds{9})), "");
}

}  // namespace
}  // namespace apiary
