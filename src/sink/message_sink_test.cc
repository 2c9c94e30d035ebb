#include "sink/message_sink.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <numeric>

#include "posix/testing/temporary_files.h"
#include "sink/sink_thread.h"
#include "sink/testing/write_wanted.h"

namespace apiary {
namespace {

using Numbers = std::vector<int>;

const Instant start{seconds{1'764'047'640}};

Event numbered(int number) {
  return {{}, start, events::Note{.service = "x", .text = std::to_string(number)}};
}
std::vector<Event> numbered(int first, int count) {
  std::vector<Event> events;
  for (int i = first; i < first + count; ++i) events.push_back(numbered(i));
  return events;
}
Numbers numbers(int first, int count) {
  Numbers all(static_cast<std::size_t>(count));
  std::iota(all.begin(), all.end(), first);
  return all;
}

/// Where a sink sends messages.
struct Destination {
  std::atomic<bool> is_up = true;
  std::chrono::milliseconds slowness{0};
  std::mutex mutex{};
  Numbers received{};

  Numbers take() {
    const std::lock_guard lock(mutex);
    return std::exchange(received, {});
  }
};

class NumberSink final : public MessageSink {
 public:
  NumberSink(Destination& destination, std::optional<Spool> spool)
      : MessageSink(std::move(spool)), destination_(destination) {}
  const std::string& name() const override { return name_; }

 private:
  void append_message(std::string& message, const Event& event) override {
    message += std::get<events::Note>(event.body).text;
  }
  tl::expected<void, SystemError> send(std::string_view message) override {
    if (!destination_.is_up) return tl::unexpected(SystemError{"connecting: it is down"});
    std::this_thread::sleep_for(destination_.slowness);
    const std::lock_guard lock(destination_.mutex);
    destination_.received.push_back(std::stoi(std::string(message)));
    return {};
  }

  Destination& destination_;
  const std::string name_ = "numbers";
};

class MessageSinkTest : public testing::Test {
 protected:
  std::unique_ptr<NumberSink> sink(std::uint64_t max_bytes = 1 << 20) {
    return std::make_unique<NumberSink>(destination, Spool::open({path, max_bytes}).value());
  }
  template <class Condition>
  static bool soon(Condition condition) {
    for (int i = 0; i < 5000 && !condition(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    return condition();
  }
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/spool";
  Destination destination;
};

TEST_F(MessageSinkTest, SendsTheSpoolInOrderWhenTheDestinationReturns) {
  const auto numbers_sink = sink();
  destination.is_up = false;
  EXPECT_TRUE(writes_all(*numbers_sink, numbered(1, 2))) << "the spool accepts them";
  Upkeep upkeep = numbers_sink->on_time(start);
  ASSERT_TRUE(upkeep.trouble) << "the operator must know";
  EXPECT_EQ(to_string(*upkeep.trouble), "connecting: it is down; messages go to the spool " + path);
  EXPECT_EQ(upkeep.spool->events, 2U);
  EXPECT_FALSE(upkeep.has_more) << "it has to wait";

  destination.is_up = true;
  EXPECT_TRUE(writes_all(*numbers_sink, numbered(3, 1)));
  EXPECT_EQ(destination.take(), Numbers{}) << "no message overtakes the spool";
  EXPECT_TRUE(numbers_sink->on_time(start + milliseconds{500}).trouble) << "a pause";
  EXPECT_EQ(destination.take(), Numbers{});
  upkeep = numbers_sink->on_time(start + seconds{3});
  EXPECT_FALSE(upkeep.trouble);
  EXPECT_EQ(upkeep.spool->events, 0U);
  EXPECT_EQ(destination.take(), numbers(1, 3));
  EXPECT_TRUE(writes_all(*numbers_sink, numbered(4, 1)));
  EXPECT_EQ(destination.take(), Numbers{4}) << "directly";
}

TEST_F(MessageSinkTest, SendsTheSpoolOfAnEarlierDaemonFirst) {
  destination.is_up = false;
  EXPECT_TRUE(writes_all(*sink(), numbered(1, 3)));
  destination.is_up = true;
  const auto next = sink();
  EXPECT_TRUE(writes_all(*next, numbered(4, 1)));
  EXPECT_FALSE(next->on_time(start).trouble);
  EXPECT_EQ(destination.take(), numbers(1, 4));
}

TEST_F(MessageSinkTest, KeepsMessagesOfADaemonThatIsKilled) {
  const pid_t child = fork();
  if (child == 0) {
    destination.is_up = false;
    const auto killed = sink();
    writes_all(*killed, numbered(1, 100));
    destination.is_up = true;
    killed->on_time(start + seconds{10});  // sends all of them,
    destination.is_up = false;
    writes_all(*killed, numbered(101, 50));  // but none of these
    kill(getpid(), SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  sink()->on_time(start);
  EXPECT_EQ(destination.take(), numbers(101, 50));
}

TEST_F(MessageSinkTest, ReportsADamagedSpoolAndSendsWhatIsWhole) {
  destination.is_up = false;
  EXPECT_TRUE(writes_all(*sink(), numbered(1, 3)));
  std::ofstream(path, std::ios::app) << "half a record";
  destination.is_up = true;
  const auto next = sink();
  EXPECT_EQ(next->on_time(start).notice,
            "13 bytes at the end of the spool " + path + " were damaged, and are lost");
  EXPECT_EQ(next->on_time(start).notice, "");
  EXPECT_EQ(destination.take(), numbers(1, 3));
}

TEST_F(MessageSinkTest, LeavesEventsInTheQueueWhenTheSpoolIsFull) {
  const auto numbers_sink = sink(100);
  destination.is_up = false;
  const WriteResult result = write_wanted(*numbers_sink, numbered(10, 20));
  ASSERT_TRUE(result.trouble);
  EXPECT_NE(to_string(*result.trouble).find("is full (100 bytes)"), std::string::npos);
  EXPECT_EQ(result.written, 8U) << "16 bytes, and 10 for each";
  destination.is_up = true;
  numbers_sink->on_time(start + seconds{3});
  EXPECT_TRUE(writes_all(*numbers_sink, numbered(18, 12)));
  EXPECT_EQ(destination.take(), numbers(10, 20)) << "each once, in order";
}

TEST_F(MessageSinkTest, SpoolsWhatASlowDestinationDelays) {
  const auto numbers_sink = sink();
  destination.slowness = std::chrono::milliseconds(30);
  EXPECT_TRUE(writes_all(*numbers_sink, numbered(1, 100))) << "without three seconds in between";
  Upkeep upkeep = numbers_sink->on_time(start);
  EXPECT_FALSE(upkeep.trouble);
  EXPECT_TRUE(upkeep.has_more) << "it sends for a limited time only";
  EXPECT_GT(upkeep.spool->events, 0U);
  destination.slowness = {};
  EXPECT_FALSE(numbers_sink->on_time(start).has_more);
  EXPECT_EQ(destination.take(), numbers(1, 100));
}

TEST_F(MessageSinkTest, LosesNothingOfMoreEventsThanItsQueueHolds) {
  SinkThread thread(sink(), 20 * sizeof(Event));
  destination.is_up = false;
  for (int i = 0; i < 300; ++i) {
    thread.push(EventBatch::of({numbered(i)}));
    ASSERT_TRUE(soon([&] { return thread.status().waiting == 0; })) << i;
  }
  ASSERT_TRUE(soon([&] { return !thread.status().trouble.empty(); }));
  EXPECT_EQ(thread.status().spool->events, 300U);
  destination.is_up = true;
  ASSERT_TRUE(soon([&] { return thread.status().spool->events == 0; }));
  EXPECT_EQ(destination.take(), numbers(0, 300));
  EXPECT_EQ(thread.status().lost, 0U);
  const auto events = thread.take_events();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(std::get<events::DaemonEvent>(events[1]).text, "numbers: can send again");
}

TEST_F(MessageSinkTest, SendsTheRestOfTheSpoolBeforeItsThreadEnds) {
  destination.slowness = std::chrono::milliseconds(10);
  SinkThread thread(sink());
  thread.push(EventBatch::of(numbered(1, 40)));
  thread.finish();
  EXPECT_EQ(destination.take(), numbers(1, 40)) << "the last after more than 250 ms";
}

TEST_F(MessageSinkTest, CountsWhatNeitherSpoolNorQueueHold) {
  SinkThread thread(sink(100), 10 * sizeof(Event));
  destination.is_up = false;
  for (int i = 10; i < 60; ++i) {
    thread.push(EventBatch::of({numbered(i)}));
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  const SinkStatus status = thread.status();
  EXPECT_EQ(status.written + status.waiting + status.lost, 50U);
  EXPECT_GT(status.lost, 0U);
}

TEST(MessageSinkWithoutSpool, LeavesEventsInTheQueue) {
  Destination destination;
  NumberSink sink(destination, std::nullopt);
  destination.is_up = false;
  EXPECT_TRUE(write_wanted(sink, numbered(1, 2)).trouble);
  destination.is_up = true;
  EXPECT_TRUE(writes_all(sink, numbered(1, 2)));
  EXPECT_FALSE(sink.on_time(start).spool);
  EXPECT_EQ(destination.take(), numbers(1, 2));
}

}  // namespace
}  // namespace apiary
