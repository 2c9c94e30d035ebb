#include "sink/json_lines_sink.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "event/testing/sample_events.h"
#include "posix/testing/full_disk.h"
#include "posix/testing/temporary_files.h"
#include "sink/testing/write_wanted.h"

namespace apiary {
namespace {

const Instant now{seconds{1'764'047'640}};

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

TEST(JsonLinesSink, WritesALineForEachRecordItWants) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/events.jsonl";
  JsonLinesSink sink(RotatingFile::open(path, {}, now).value(), EcsEncoder({"1", "hive"}));
  const auto events = sample_events();
  ASSERT_TRUE(writes_all(sink, events));
  const auto lines = lines_of(path);
  EXPECT_EQ(lines.size(), events.size() - 2) << "packets are not wanted";
  for (const std::string& line : lines) EXPECT_TRUE(nlohmann::json::accept(line)) << line;
}

TEST(JsonLinesSink, SaysHowManyRecordsAFullDiskTook) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/events.jsonl";
  JsonLinesSink sink(RotatingFile::open(path, {}, now).value(), EcsEncoder({"1", "hive"}));
  std::vector<Event> events;  // more than one piece
  for (int i = 0; i < 2'000; ++i)
    events.push_back({{}, now, events::Note{.service = "x", .text = std::to_string(i)}});
  std::size_t written = 0;
  {
    const FullDisk full(400'000);
    const WriteResult result = write_wanted(sink, events);
    written = result.written;
    EXPECT_TRUE(result.trouble);
    EXPECT_GT(written, 500U);
    EXPECT_LT(written, events.size());
    EXPECT_EQ(lines_of(path).size(), written);
  }
  events.erase(events.begin(), events.begin() + static_cast<std::ptrdiff_t>(written));
  EXPECT_TRUE(writes_all(sink, events));
  const auto lines = lines_of(path);
  ASSERT_EQ(lines.size(), 2'000U);
  for (std::size_t i = 0; i < lines.size(); ++i)
    EXPECT_EQ(nlohmann::json::parse(lines[i])["apiary"]["note"], std::to_string(i));
}

}  // namespace
}  // namespace apiary
