#include "sink/sink_thread.h"

#include <gtest/gtest.h>

#include <latch>

#include "sink/sinks.h"

namespace apiary {
namespace {

Record record_of(record::What what) { return {{}, Instant{seconds{1}}, std::move(what)}; }
RecordBatch batch_of(std::size_t count) {
  return RecordBatch::of(std::vector<Record>(count, record_of(record::Icmp{})));
}

/// Takes what it is given once it may.
class SlowSink final : public Sink {
 public:
  explicit SlowSink(std::latch& may_go, std::atomic<std::size_t>& taken)
      : may_go_(may_go), taken_(taken) {}
  const std::string& name() const override { return name_; }
  tl::expected<void, SystemError> consume(std::span<const Record> records) override {
    may_go_.wait();
    taken_ += records.size();
    return {};
  }

 private:
  const std::string name_ = "the slow one";
  std::latch& may_go_;
  std::atomic<std::size_t>& taken_;
};

template <class Condition>
bool soon(Condition condition) {
  for (int i = 0; i < 5000 && !condition(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  return condition();
}

TEST(SinkThread, WritesAllThatItTookBeforeItEnds) {
  std::latch may_go(0);
  std::atomic<std::size_t> taken = 0;
  {
    SinkThread thread(std::make_unique<SlowSink>(may_go, taken));
    for (int i = 0; i < 100; ++i) thread.push(batch_of(10));
  }
  EXPECT_EQ(taken, 1000U);
}

TEST(SinkThread, CountsWhatFindsItFullAndTellsOnceThereIsRoom) {
  std::latch may_go(1);
  std::atomic<std::size_t> taken = 0;
  SinkThread thread(std::make_unique<SlowSink>(may_go, taken), 40 * sizeof(Record));
  thread.push(RecordBatch::of(std::vector<Record>(
      20, record_of(record::Packet{}))));  // counts, though the sink passes over it
  for (int i = 0; i < 5; ++i) thread.push(batch_of(10));
  EXPECT_EQ(thread.status().waiting, 40U);
  EXPECT_EQ(thread.status().lost, 30U);
  EXPECT_FALSE(thread.take_loss()) << "there is no room to tell";
  EXPECT_FALSE(thread.is_idle());

  may_go.count_down();
  ASSERT_TRUE(soon([&] { return thread.status().waiting == 0; }));
  const auto loss = thread.take_loss();
  ASSERT_TRUE(loss);
  EXPECT_EQ(loss->sink, "the slow one");
  ASSERT_EQ(loss->counts.size(), 1U);
  EXPECT_EQ(loss->counts[0], (std::pair{RecordKind::icmp, std::uint64_t{30}}));
  EXPECT_FALSE(thread.take_loss()) << "told once";
  EXPECT_EQ(thread.status().written, 40U);
  EXPECT_TRUE(soon([&] { return thread.is_idle(); }));
}

/// Cannot write.
class BrokenSink final : public Sink {
 public:
  const std::string& name() const override { return name_; }
  tl::expected<void, SystemError> consume(std::span<const Record>) override {
    return tl::unexpected(SystemError{"no space left"});
  }

 private:
  const std::string name_ = "the broken one";
};

TEST(Sinks, TellOfTroubleOnceAndOfWhatWasLost) {
  Sinks sinks;
  sinks.add(std::make_unique<BrokenSink>());
  for (int i = 0; i < 3; ++i) sinks.push(std::vector<Record>(2, record_of(record::Icmp{})));
  ASSERT_TRUE(soon([&] { return sinks.status()[0].lost == 6; }));
  const auto news = sinks.take_news();
  ASSERT_EQ(news.size(), 2U);
  EXPECT_EQ(std::get<record::Daemon>(news[0]).text, "the broken one: no space left");
  EXPECT_EQ(std::get<record::EventsLost>(news[1]).counts[0].second, 6U);
  EXPECT_TRUE(sinks.take_news().empty());
}

}  // namespace
}  // namespace apiary
