#include "sink/store_sink.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "posix/temporary_files.h"
#include "record/sample_records.h"

namespace apiary {
namespace {

const Instant now{seconds{1'764'047'700}};

std::unique_ptr<StoreSink> open_store(const std::string& path, const Retention& retention = {}) {
  auto store = StoreSink::open(path, retention, JsonForm({"1", "hive"}));
  EXPECT_TRUE(store) << to_string(store.error());
  return std::move(*store);
}

std::int64_t ask(const std::string& path, std::string_view question) {
  return SqliteDatabase::open(path, SqliteDatabase::Mode::read)->number(question).value();
}

TEST(StoreSink, KeepsEveryRecordAndCommitsInTime) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/store.db";
  const auto store = open_store(path);
  const auto records = sample_records();
  ASSERT_TRUE(store->consume(records));
  ASSERT_TRUE(store->on_time(now));
  ASSERT_TRUE(store->consume(records));
  ASSERT_TRUE(store->on_time(now + StoreSink::commit_period * 2));
  ASSERT_TRUE(store->on_time(now + StoreSink::commit_period * 3));
  const auto kept = static_cast<std::int64_t>(2 * (records.size() - 2));
  EXPECT_EQ(ask(path, "SELECT count(*) FROM events"), kept);
  EXPECT_EQ(ask(path, "SELECT count(*) FROM events WHERE json_valid(json)"), kept);
  EXPECT_EQ(ask(path,
                "SELECT count(*) FROM events WHERE kind = 'flow_end' AND host_port = 80 AND "
                "source = x'00000000000000000000ffffc0000209'"),
            2);
  EXPECT_EQ(ask(path, "SELECT count(*) FROM readable WHERE message LIKE '%scanned%'"), 2);
}

TEST(StoreSink, GoesOnWhereItWas) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/store.db";
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(open_store(path)->consume(sample_records()));
  EXPECT_EQ(ask(path, "SELECT count(DISTINCT number) FROM events"),
            static_cast<std::int64_t>(2 * (sample_records().size() - 2)));
}

std::vector<Record> notes(std::size_t count, Instant from, Duration apart) {
  std::vector<Record> records;
  for (std::size_t i = 0; i < count; ++i)
    records.push_back({{},
                       from + apart * static_cast<std::int64_t>(i),
                       record::Note{.service = "x", .text = std::string(500, 'y')}});
  return records;
}

TEST(StoreSink, LetsGoOfWhatIsOld) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/store.db";
  const auto store = open_store(path, {.age = hours{1}});
  ASSERT_TRUE(store->consume(notes(120, now - hours{2} + seconds{1}, minutes{1})));
  ASSERT_TRUE(store->on_time(now));
  EXPECT_EQ(ask(path, "SELECT count(*) FROM events"), 60);
  ASSERT_TRUE(store->on_time(now + hours{9}));
  EXPECT_EQ(ask(path, "SELECT count(*) FROM events"), 0);
}

TEST(StoreSink, KeepsTheNewestWhenItIsLarge) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/store.db";
  const auto store = open_store(path, {.age = {}, .size_bytes = 1 << 20});
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(store->consume(notes(1'000, now, seconds{1})));
    for (int again = 0; again < 3; ++again)
      ASSERT_TRUE(store->on_time(now + minutes{i} + seconds{again}));
  }
  EXPECT_LT(ask(path, "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"),
            (1 << 20) * 3 / 2);
  EXPECT_GT(ask(path, "SELECT count(*) FROM events"), 300);
  EXPECT_EQ(ask(path, "SELECT max(number) FROM events"), 10'000) << "the newest are there";
}

TEST(StoreSink, DoesNotTouchWhatIsNoStore) {
  const TemporaryFolder folder;
  const std::string path = folder.add("other", "something else altogether, and long enough\n");
  const auto store = StoreSink::open(path, {}, JsonForm({"1", "hive"}));
  ASSERT_FALSE(store);
  EXPECT_NE(store.error().what.find("not a database"), std::string::npos) << store.error().what;
  std::ifstream file(path);
  std::string text;
  std::getline(file, text);
  EXPECT_EQ(text, "something else altogether, and long enough");
}

}  // namespace
}  // namespace apiary
