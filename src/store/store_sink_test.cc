#include "store/store_sink.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "event/testing/sample_events.h"
#include "posix/testing/full_disk.h"
#include "posix/testing/temporary_files.h"
#include "sink/sink_thread.h"
#include "sink/testing/write_wanted.h"

namespace apiary {
namespace {

const Instant now{seconds{1'764'047'700}};

std::unique_ptr<StoreSink> open_store(const std::string& path, const Retention& retention = {}) {
  auto store = StoreSink::open(path, retention, EcsEncoder({"1", "hive"}));
  EXPECT_TRUE(store) << to_string(store.error());
  return std::move(*store);
}

std::int64_t ask(const std::string& path, std::string_view question) {
  return SqliteDatabase::open(path, SqliteDatabase::Mode::read)->number(question).value();
}

TEST(StoreSink, KeepsEveryRecord) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/store.db";
  const auto store = open_store(path);
  const auto events = sample_events();
  ASSERT_TRUE(writes_all(*store, events));
  EXPECT_FALSE(store->on_time(now).trouble);
  ASSERT_TRUE(writes_all(*store, events));
  const auto kept = static_cast<std::int64_t>(2 * (events.size() - 2));
  EXPECT_EQ(ask(path, "SELECT count(*) FROM events"), kept);
  EXPECT_EQ(ask(path, "SELECT count(*) FROM events WHERE json_valid(json)"), kept);
  EXPECT_EQ(ask(path,
                "SELECT count(*) FROM events WHERE kind = 'flow_end' AND host_port = 80 AND "
                "source = x'00000000000000000000ffffc0000209'"),
            2);
  EXPECT_EQ(ask(path, "SELECT count(*) FROM readable WHERE message LIKE '%scanned%'"), 2);
}

TEST(StoreSink, ContinuesWhereItStopped) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/store.db";
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(writes_all(*open_store(path), sample_events()));
  EXPECT_EQ(ask(path, "SELECT count(DISTINCT number) FROM events"),
            static_cast<std::int64_t>(2 * (sample_events().size() - 2)));
}

std::vector<Event> notes(std::size_t count, Instant from, Duration apart) {
  std::vector<Event> events;
  for (std::size_t i = 0; i < count; ++i)
    events.push_back({{},
                      from + apart * static_cast<std::int64_t>(i),
                      events::Note{.service = "x", .text = std::string(500, 'y')}});
  return events;
}

TEST(StoreSink, RemovesWhatIsOld) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/store.db";
  const auto store = open_store(path, {.age = hours{1}});
  ASSERT_TRUE(writes_all(*store, notes(120, now - hours{2} + seconds{1}, minutes{1})));
  EXPECT_FALSE(store->on_time(now).trouble);
  EXPECT_EQ(ask(path, "SELECT count(*) FROM events"), 60);
  EXPECT_FALSE(store->on_time(now + hours{9}).trouble);
  EXPECT_EQ(ask(path, "SELECT count(*) FROM events"), 0);
}

TEST(StoreSink, KeepsTheNewestWhenItIsLarge) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/store.db";
  const auto store = open_store(path, {.age = {}, .size_bytes = 1 << 20});
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(writes_all(*store, notes(1'000, now, seconds{1})));
    for (int again = 0; again < 3; ++again)
      EXPECT_FALSE(store->on_time(now + minutes{i} + seconds{again}).trouble);
  }
  EXPECT_LT(ask(path, "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"),
            (1 << 20) * 3 / 2);
  EXPECT_GT(ask(path, "SELECT count(*) FROM events"), 300);
  EXPECT_EQ(ask(path, "SELECT max(number) FROM events"), 10'000) << "the newest are there";
}

TEST(StoreSink, WritesAllOrNothingWhenTheDiskIsFull) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/store.db";
  const auto store = open_store(path);
  ASSERT_TRUE(writes_all(*store, notes(10, now, seconds{1})));
  {
    const FullDisk full(200'000);  // the log grows beyond it
    const WriteResult result = write_wanted(*store, notes(1'000, now, seconds{1}));
    EXPECT_EQ(result.written, 0U);
    ASSERT_TRUE(result.trouble);
    EXPECT_NE(to_string(*result.trouble), "");
    EXPECT_EQ(ask(path, "SELECT count(*) FROM events"), 10);
  }
  EXPECT_TRUE(writes_all(*store, notes(1'000, now, seconds{1})));
  EXPECT_EQ(ask(path, "SELECT count(*) FROM events"), 1'010);
}

TEST(StoreSink, WaitsForTheHolderOfTheLock) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/store.db";
  SinkThread thread(open_store(path, {.age = {}}));
  auto other = SqliteDatabase::open(path, SqliteDatabase::Mode::write).value();
  ASSERT_TRUE(other.execute("BEGIN IMMEDIATE"));
  thread.push(EventBatch::of(notes(10, now, seconds{1})));
  for (int i = 0; i < 5'000 && thread.status().trouble.empty(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  EXPECT_NE(thread.status().trouble.find("locked"), std::string::npos) << thread.status().trouble;
  thread.push(EventBatch::of(notes(10, now, seconds{1})));
  EXPECT_EQ(thread.status().written, 0U);
  EXPECT_EQ(thread.status().waiting, 20U);
  ASSERT_TRUE(other.execute("COMMIT"));
  for (int i = 0; i < 5'000 && thread.status().waiting > 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  EXPECT_EQ(thread.status().written, 20U);
  EXPECT_EQ(thread.status().lost, 0U);
  EXPECT_EQ(ask(path, "SELECT count(*) FROM events"), 20);
}

TEST(StoreSink, BeginsANewStoreWhenAnotherProgramTookIt) {
  namespace fs = std::filesystem;
  struct Case {
    const char* name;
    void (*take)(const std::string& folder);
    std::int64_t kept;  // in the store at the path, of the 20 before
    const char* what = "moved or removed";
  };
  for (const Case& c : {
           Case{"moved", [](const std::string& f) { fs::rename(f + "/d/s", f + "/old"); }, 0},
           Case{"removed", [](const std::string& f) { fs::remove(f + "/d/s"); }, 0},
           Case{"removed with what is beside it",
                [](const std::string& f) {
                  for (const char* name : {"s", "s-wal", "s-shm"}) fs::remove(f + "/d/" + name);
                },
                0},
           Case{"its log removed", [](const std::string& f) { fs::remove(f + "/d/s-wal"); }, 20},
           Case{"its folder removed", [](const std::string& f) { fs::remove_all(f + "/d"); }, 0},
           Case{"emptied", [](const std::string& f) { fs::resize_file(f + "/d/s", 0); }, 0,
                "emptied"},
           Case{"cut off within its header",
                [](const std::string& f) { fs::resize_file(f + "/d/s", 50); }, 0, "emptied"},
           Case{"another in its place",
                [](const std::string& f) {
                  fs::copy_file(f + "/d/s", f + "/copy");
                  fs::rename(f + "/copy", f + "/d/s");
                },
                0},
       }) {
    for (const bool is_idle : {false, true}) {
      SCOPED_TRACE(c.name + std::string(is_idle ? ", nothing to write" : ""));
      const TemporaryFolder folder;
      const std::string path = folder.path() + "/d/s";
      fs::create_directory(folder.path() + "/d");
      const auto store = open_store(path);
      ASSERT_TRUE(writes_all(*store, notes(20, now, seconds{1})));
      c.take(folder.path());
      if (!is_idle) {
        EXPECT_TRUE(writes_all(*store, notes(5, now, seconds{1})));
      }
      const Upkeep upkeep = store->on_time(now + hours{1});
      EXPECT_EQ(upkeep.notice, "the file was " + std::string(c.what) + "; starting a new one");
      EXPECT_FALSE(upkeep.trouble) << to_string(*upkeep.trouble);
      EXPECT_EQ(ask(path, "SELECT count(*) FROM events"), c.kept + (is_idle ? 0 : 5));
      EXPECT_TRUE(writes_all(*store, notes(5, now, seconds{1})));
      EXPECT_EQ(store->on_time(now + hours{2}).notice, "");
      if (fs::exists(folder.path() + "/old")) {
        EXPECT_EQ(ask(folder.path() + "/old", "SELECT count(*) FROM events"), 20) << "it is whole";
      }
    }
  }
}

TEST(StoreSink, LetsEventsWaitWhileThereCanBeNoNewStore) {
  namespace fs = std::filesystem;
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/d/s";
  fs::create_directory(folder.path() + "/d");
  const auto store = open_store(path);
  fs::remove_all(folder.path() + "/d");
  folder.add("d", "is not a folder");
  const WriteResult result = write_wanted(*store, notes(5, now, seconds{1}));
  EXPECT_EQ(result.written, 0U);
  ASSERT_TRUE(result.trouble);
  EXPECT_NE(to_string(*result.trouble).find("a new one cannot be created"), std::string::npos);
  EXPECT_TRUE(store->on_time(now).trouble);
  fs::remove(folder.path() + "/d");
  EXPECT_TRUE(writes_all(*store, notes(5, now, seconds{1})));
  EXPECT_FALSE(store->on_time(now + hours{1}).trouble);
  EXPECT_EQ(ask(path, "SELECT count(*) FROM events"), 5);
}

TEST(StoreSink, DoesNotTouchWhatIsNoStore) {
  const TemporaryFolder folder;
  const std::string path = folder.add("other", "something else altogether, and long enough\n");
  const auto store = StoreSink::open(path, {}, EcsEncoder({"1", "hive"}));
  ASSERT_FALSE(store);
  EXPECT_NE(store.error().what.find("not a database"), std::string::npos) << store.error().what;
  std::ifstream file(path);
  std::string text;
  std::getline(file, text);
  EXPECT_EQ(text, "something else altogether, and long enough");
}

}  // namespace
}  // namespace apiary
