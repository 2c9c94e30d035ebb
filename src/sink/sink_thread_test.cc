#include "sink/sink_thread.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <numeric>

#include "sink/sinks.h"

namespace apiary {
namespace {

using Clock = SinkThread::Clock;
using Kind = events::DaemonEvent::Kind;

Event event_of(EventBody what) { return {{}, Instant{seconds{1}}, std::move(what)}; }
EventBatch batch_of(std::size_t count) {
  return EventBatch::of(std::vector<Event>(count, event_of(events::Icmp{})));
}

template <class Condition>
bool soon(Condition condition) {
  for (int i = 0; i < 5000 && !condition(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  return condition();
}

/// The daemon events among `events`.
std::vector<std::pair<Kind, std::string>> sentences_of(const std::vector<EventBody>& events) {
  std::vector<std::pair<Kind, std::string>> sentences;
  for (const EventBody& what : events)
    if (const auto* daemon = std::get_if<events::DaemonEvent>(&what))
      sentences.emplace_back(daemon->kind, daemon->text);
  return sentences;
}
std::uint64_t losses_of(const std::vector<EventBody>& events, EventKind kind) {
  std::uint64_t lost = 0;
  for (const EventBody& what : events)
    if (const auto* loss = std::get_if<events::EventsLost>(&what))
      for (const auto& [of, count] : loss->counts)
        if (of == kind) lost += count;
  return lost;
}

/// Takes what it is given once it may.
class SlowSink final : public Sink {
 public:
  SlowSink(std::latch& may_go, std::atomic<std::size_t>& taken) : may_go_(may_go), taken_(taken) {}
  const std::string& name() const override { return name_; }
  WriteResult write(EventPointers events) override {
    may_go_.wait();
    taken_ += events.size();
    return {events.size(), {}};
  }

 private:
  const std::string name_ = "the slow one";
  std::latch& may_go_;
  std::atomic<std::size_t>& taken_;
};

TEST(SinkThread, WritesAllThatItTookBeforeItEnds) {
  std::latch may_go(0);
  std::atomic<std::size_t> taken = 0;
  {
    SinkThread thread(std::make_unique<SlowSink>(may_go, taken));
    for (int i = 0; i < 100; ++i) thread.push(batch_of(10));
  }
  EXPECT_EQ(taken, 1000U);
}

TEST(SinkThread, CountsWhatItLosesWhileFullAndReportsItOnceThereIsRoom) {
  std::latch may_go(1);
  std::atomic<std::size_t> taken = 0;
  SinkThread thread(std::make_unique<SlowSink>(may_go, taken), 40 * sizeof(Event));
  for (int i = 0; i < 7; ++i) thread.push(batch_of(10));
  EXPECT_EQ(thread.status().waiting, 40U);
  EXPECT_EQ(thread.status().lost, 30U);
  EXPECT_TRUE(thread.take_events().empty()) << "there is no room for a report";

  may_go.count_down();
  ASSERT_TRUE(soon([&] { return thread.status().waiting == 0; }));
  const auto events = thread.take_events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(std::get<events::EventsLost>(events[0]).sink, "the slow one");
  EXPECT_EQ(losses_of(events, EventKind::icmp), 30U);
  EXPECT_TRUE(thread.take_events().empty()) << "reported once";
  EXPECT_EQ(thread.status().written, 40U);
}

TEST(SinkThread, CountsOnlyWhatItsSinkWants) {
  std::latch may_go(1);
  std::atomic<std::size_t> taken = 0;
  SinkThread thread(std::make_unique<SlowSink>(may_go, taken), 40 * sizeof(Event));
  thread.push(EventBatch::of(std::vector<Event>(20, event_of(events::Packet{}))));
  thread.push(EventBatch::of({event_of(events::Packet{}), event_of(events::Icmp{})}));
  EXPECT_EQ(thread.status().waiting, 1U);
  thread.push(batch_of(35));
  thread.push(EventBatch::of(std::vector<Event>(10, event_of(events::Packet{}))));
  thread.push(EventBatch::of({event_of(events::Packet{}), event_of(events::Icmp{}),
                              event_of(events::Packet{}), event_of(events::Packet{})}));
  EXPECT_EQ(thread.status().lost, 1U) << "packets are not wanted";
  may_go.count_down();
  thread.finish();
  EXPECT_EQ(taken, 36U);
  EXPECT_EQ(thread.status().written, 36U);
}

TEST(SinkThread, CountsOnlyWhatItsSinkWritesSomethingOf) {
  /// As Honeyd's logs, which have no line for some events of a kind.
  class Picky final : public Sink {
   public:
    const std::string& name() const override { return name_; }
    bool uses(const Event& event) const override {
      const auto* const note = std::get_if<events::Note>(&event.body);
      return note == nullptr || note->text != "of no use";
    }
    WriteResult write(EventPointers events) override { return {events.size(), {}}; }

   private:
    const std::string name_ = "the picky one";
  };
  SinkThread thread(std::make_unique<Picky>());
  thread.push(EventBatch::of({event_of(events::Note{.text = "of no use"}),
                              event_of(events::Note{.text = "of use"}), event_of(events::Icmp{})}));
  thread.push(EventBatch::of({event_of(events::Note{.text = "of no use"})}));
  thread.finish();
  EXPECT_EQ(thread.status().written, 2U);
  EXPECT_EQ(thread.status().lost, 0U);
}

/// What it is to do with one thing it is given after the other.
struct Script {
  std::mutex mutex;
  std::vector<WriteResult>
      results;  // and then all is written; `written` is at most what it is given
  std::vector<std::size_t> given;
  std::vector<std::string> texts;  // that it has written
  std::vector<Clock::time_point> times;
  Upkeep upkeep{};
  tl::expected<std::string, SystemError> rotated{};
  bool fails_for_ever = false;
};

class ScriptedSink final : public Sink {
 public:
  explicit ScriptedSink(Script& script) : script_(script) {}
  const std::string& name() const override { return name_; }
  WriteResult write(EventPointers events) override {
    const std::lock_guard lock(script_.mutex);
    script_.given.push_back(events.size());
    script_.times.push_back(Clock::now());
    WriteResult result{events.size(), {}};
    if (script_.fails_for_ever) result = {0, SystemError{"no space left"}};
    if (!script_.results.empty()) {
      result = script_.results.front();
      script_.results.erase(script_.results.begin());
      // On a busy machine the thread may gather the first batch before the others are there.
      result.written = std::min(result.written, events.size());
    }
    for (const Event* event : events.first(result.written))
      script_.texts.push_back(std::get<events::Note>(event->body).text);
    return result;
  }
  Upkeep on_time(Instant) override {
    const std::lock_guard lock(script_.mutex);
    return {std::exchange(script_.upkeep.notice, {}), script_.upkeep.trouble};
  }
  tl::expected<std::string, SystemError> rotate(Instant) override { return script_.rotated; }

 private:
  const std::string name_ = "the scripted one";
  Script& script_;
};

/// Notes with the numbers from `first` on.
EventBatch notes(int first, int count) {
  std::vector<Event> events;
  for (int i = first; i < first + count; ++i)
    events.push_back(event_of(events::Note{.service = "x", .text = std::to_string(i)}));
  return EventBatch::of(std::move(events));
}
std::vector<std::string> numbers(int count) {
  std::vector<std::string> texts;
  for (int i = 0; i < count; ++i) texts.push_back(std::to_string(i));
  return texts;
}

TEST(SinkThread, WritesEachRecordOnceHoweverTheSinkFails) {
  const SystemError full{"no space left"};
  struct Case {
    const char* name;
    std::vector<WriteResult> results;
  };
  for (const Case& c : {
           Case{"none at first", {{0, full}, {0, full}}},
           Case{"some of the first batch", {{1, full}}},
           Case{"the first batch and some of the next", {{5, full}, {0, full}, {3, full}}},
           Case{"one at a time", {{1, full}, {1, full}, {1, full}}},
       }) {
    SCOPED_TRACE(c.name);
    Script script;
    script.results = c.results;
    SinkThread thread(std::make_unique<ScriptedSink>(script));
    {
      const std::lock_guard lock(script.mutex);  // so that all are given together
      for (int i = 0; i < 12; i += 4) thread.push(notes(i, 4));
    }
    ASSERT_TRUE(soon([&] { return thread.status().waiting == 0; }));
    EXPECT_EQ(script.texts, numbers(12));
    const SinkStatus status = thread.status();
    EXPECT_EQ(status.written, 12U);
    EXPECT_EQ(status.lost, 0U);
    EXPECT_EQ(status.waiting_bytes, 0U);
    EXPECT_EQ(status.trouble, "");
    const auto events = sentences_of(thread.take_events());
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[0],
              (std::pair{Kind::trouble, std::string("the scripted one: no space left")}));
    EXPECT_EQ(events[1], (std::pair{Kind::recovery,
                                    std::string("the scripted one: can write again; 0 lost")}));
  }
}

TEST(SinkThread, RestsBetweenTries) {
  Script script;
  script.results.assign(3, {0, SystemError{"no space left"}});
  SinkThread thread(std::make_unique<ScriptedSink>(script));
  thread.push(notes(0, 1));
  ASSERT_TRUE(soon([&] { return thread.status().waiting == 0; }));
  ASSERT_EQ(script.times.size(), 4U);
  auto rest = SinkHealth::shortest_rest;
  for (std::size_t i = 1; i < 4; ++i, rest *= 2)
    EXPECT_GE(script.times[i] - script.times[i - 1], rest);
}

TEST(SinkThread, LosesOnlyWhatFindsTheQueueFullAndReportsHowMuch) {
  Script script;
  script.fails_for_ever = true;
  const std::size_t capacity = 10 * notes(0, 1).cost_bytes;
  SinkThread thread(std::make_unique<ScriptedSink>(script), capacity);
  for (int i = 0; i < 14; ++i) thread.push(notes(i, 1));
  ASSERT_TRUE(soon([&] { return !thread.status().trouble.empty(); }));
  EXPECT_EQ(thread.status().trouble, "the scripted one: no space left");
  EXPECT_EQ(thread.status().waiting, 10U);
  EXPECT_EQ(thread.status().lost, 4U);
  EXPECT_EQ(thread.status().written, 0U);
  {
    const std::lock_guard lock(script.mutex);
    script.fails_for_ever = false;
  }
  ASSERT_TRUE(soon([&] { return thread.status().waiting == 0; }));
  EXPECT_EQ(script.texts, numbers(10));
  EXPECT_EQ(losses_of(thread.take_events(), EventKind::note), 4U);
}

TEST(SinkThread, EndsInTimeWhenItsSinkIsBrokenAndCountsWhatWaited) {
  Script script;
  script.fails_for_ever = true;
  script.results = {{3, SystemError{"no space left"}}};
  SinkThread thread(std::make_unique<ScriptedSink>(script));
  {
    const std::lock_guard lock(script.mutex);
    for (int i = 0; i < 12; i += 4) thread.push(notes(i, 4));
  }
  ASSERT_TRUE(soon([&] { return thread.status().written == 3; }));
  const auto began = Clock::now();
  thread.finish();
  EXPECT_LT(Clock::now() - began, SinkThread::last_patience + std::chrono::seconds(1));
  const SinkStatus status = thread.status();
  EXPECT_EQ(status.written, 3U);
  EXPECT_EQ(status.lost, 9U);
  EXPECT_EQ(status.waiting, 0U);
  EXPECT_EQ(losses_of(thread.take_events(), EventKind::note), 9U);
}

TEST(SinkThread, ReportsTroubleWithItsFileAndItsEnd) {
  Script script;
  script.upkeep = {"starting a new one", SystemError{"not to be opened"}};
  SinkThread thread(std::make_unique<ScriptedSink>(script));
  ASSERT_TRUE(soon([&] { return !thread.status().trouble.empty(); }));
  {
    const std::lock_guard lock(script.mutex);
    script.upkeep = {};
  }
  ASSERT_TRUE(soon([&] { return thread.status().trouble.empty(); }));
  using Sentences = std::vector<std::pair<Kind, std::string>>;
  EXPECT_EQ(sentences_of(thread.take_events()),
            (Sentences{{Kind::trouble, "the scripted one: starting a new one"},
                       {Kind::trouble, "the scripted one: not to be opened"},
                       {Kind::recovery, "the scripted one: can rotate again"}}));
}

TEST(Sinks, SayWhatBecameOfARotation) {
  Script well, ill, new_already;
  ill.rotated = tl::unexpected(SystemError{"renaming /x: Permission denied"});
  new_already.rotated = "it is new already";
  Sinks sinks;
  sinks.add(std::make_unique<ScriptedSink>(well));
  sinks.add(std::make_unique<ScriptedSink>(ill));
  sinks.add(std::make_unique<ScriptedSink>(new_already));
  std::atomic<int> calls = 0;
  RotationRound::Outcome said;
  sinks.rotate(std::make_shared<RotationRound>([&](RotationRound::Outcome outcome) {
    said = std::move(outcome);
    ++calls;
  }));
  ASSERT_TRUE(soon([&] { return calls == 1; }));
  const std::string sentence =
      "the scripted one: cannot start a new file: renaming /x: Permission denied";
  EXPECT_EQ(said.failures, sentence + "\n");
  EXPECT_EQ(said.remarks, "the scripted one: it is new already\n");
  const auto events = sentences_of(sinks.take_events());
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0], (std::pair{Kind::trouble, sentence}));
}

TEST(Sinks, EndTogetherNotOneAfterTheOther) {
  Script scripts[4];
  Sinks sinks;
  for (Script& script : scripts) {
    script.fails_for_ever = true;
    sinks.add(std::make_unique<ScriptedSink>(script));
  }
  sinks.push({event_of(events::Note{})});
  const auto began = Clock::now();
  sinks.finish();
  EXPECT_LT(Clock::now() - began, SinkThread::last_patience * 2);
  for (const SinkStatus& status : sinks.status()) EXPECT_EQ(status.lost, 1U);
}

}  // namespace
}  // namespace apiary
