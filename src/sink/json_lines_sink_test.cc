#include "sink/json_lines_sink.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "posix/temporary_files.h"
#include "record/sample_records.h"

namespace apiary {
namespace {

namespace fs = std::filesystem;
const Instant now{seconds{1'764'047'640}};

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}
std::vector<std::string> files_in(const TemporaryFolder& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder.path()))
    names.push_back(entry.path().filename());
  std::ranges::sort(names);
  return names;
}

TEST(JsonLinesSink, WritesALineForEachRecordItWants) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/events.jsonl";
  JsonLinesSink sink(RotatingFile::open(path, {}, now).value(), JsonForm({"1", "hive"}));
  const auto records = sample_records();
  ASSERT_TRUE(sink.consume(records));
  const auto lines = lines_of(path);
  EXPECT_EQ(lines.size(), records.size() - 2) << "packets are not wanted";
  for (const std::string& line : lines) EXPECT_TRUE(nlohmann::json::accept(line)) << line;
}

TEST(RotatingFile, CutsTheTornLineOfADaemonThatWasKilled) {
  const TemporaryFolder folder;
  for (const auto& [before, after] : {std::pair{"{}\n{\"half", "{}\nnew\n"},
                                      std::pair{"{}\n", "{}\nnew\n"}, std::pair{"torn", "new\n"}}) {
    const std::string path = folder.add("events", before);
    ASSERT_TRUE(RotatingFile::open(path, {}, now)->append("new\n", now));
    std::ifstream file(path);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), after);
  }
}

TEST(RotatingFile, BeginsANewFileBySizeAndKeepsTheNewest) {
  const TemporaryFolder folder;
  auto file = RotatingFile::open(folder.path() + "/f", {.size_bytes = 10, .budget_bytes = 30}, now,
                                 true, "#\n")
                  .value();
  for (int i = 0; i < 9; ++i)
    ASSERT_TRUE(file.append(std::to_string(i) + "......\n", now + seconds{i / 2}));
  EXPECT_EQ(files_in(folder),
            (std::vector<std::string>{"f", "f.20251125T051403Z-000001", "f.20251125T051404Z"}));
  EXPECT_EQ(lines_of(folder.path() + "/f"), (std::vector<std::string>{"#", "8......"}));
  EXPECT_EQ(lines_of(folder.path() + "/f.20251125T051404Z"),
            (std::vector<std::string>{"#", "7......"}));
}

TEST(RotatingFile, BeginsANewFileByTimeAndWhenAsked) {
  const TemporaryFolder folder;
  auto file = RotatingFile::open(folder.path() + "/f", {.period = hours{1}}, now).value();
  ASSERT_TRUE(file.append("a\n", now));
  ASSERT_TRUE(file.on_time(now + minutes{59}));
  EXPECT_EQ(files_in(folder).size(), 1U);
  ASSERT_TRUE(file.on_time(now + hours{1}));
  EXPECT_EQ(files_in(folder), (std::vector<std::string>{"f", "f.20251125T061400Z"}));
  ASSERT_TRUE(file.on_time(now + hours{3}));
  EXPECT_EQ(files_in(folder).size(), 2U) << "an empty file is new enough";
  ASSERT_TRUE(file.append("b\n", now + hours{3}));
  ASSERT_TRUE(file.rotate(now + hours{3}));
  EXPECT_EQ(files_in(folder).size(), 3U);
}

TEST(RotatingFile, OpensItsFileAgainWhenAnotherProgramMovedIt) {
  const TemporaryFolder folder;
  auto file = RotatingFile::open(folder.path() + "/f", {}, now).value();
  ASSERT_TRUE(file.append("a\n", now));
  fs::rename(folder.path() + "/f", folder.path() + "/f.1");
  ASSERT_TRUE(file.rotate(now));
  ASSERT_TRUE(file.append("b\n", now));
  EXPECT_EQ(files_in(folder), (std::vector<std::string>{"f", "f.1"}));
  EXPECT_EQ(lines_of(folder.path() + "/f"), std::vector<std::string>{"b"});
}

TEST(RotatingFile, SaysWhyItCannotOpen) {
  const auto file = RotatingFile::open("/no/such/folder/f", {}, now);
  ASSERT_FALSE(file);
  EXPECT_EQ(to_string(file.error()), "opening /no/such/folder/f: No such file or directory");
}

}  // namespace
}  // namespace apiary
