#include "tcp/half_open_table.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/random.h"

namespace apiary {
namespace {

constexpr Instant start{seconds{1'790'000'000}};

class HalfOpenTableTest : public ::testing::Test {
 protected:
  /// From visitor `number`; its SYN/ACK was sent at `sent`.
  static HalfOpen half_open(std::uint32_t number, Instant sent = start) {
    return {.flow = {{IpAddress::v4(0xc6120000 + number), {40000}},
                     {IpAddress::v4(0x0a000005), {80}},
                     IpProtocol::tcp},
            .visitor_isn = {number},
            .isn = {~number},
            .syn = {.mss = 1460, .has_mss = true},
            .visitor_timestamp = number + 1,
            .visitor_system = {7},
            .sent = sent};
  }
  static HostTemplatePtr template_with(RetransmissionRule rule) {
    auto personality = std::make_shared<Personality>();
    personality->retransmission = rule;
    auto made = std::make_shared<HostTemplate>();
    made->personality = personality;
    return made;
  }
  bool add(const HalfOpen& one) { return table_.add(one, host_, exit_); }
  /// The visitors whose time has come until `now`, in order.
  std::vector<std::uint32_t> due(Instant now) {
    std::vector<std::uint32_t> visitors;
    for (std::uint32_t slot = table_.take_due(now); slot != HalfOpenTable::none;
         slot = table_.take_due(now))
      visitors.push_back(table_.at(slot).visitor_isn.value);
    return visitors;
  }

  PinTable<HostTemplate> templates_;
  HalfOpenTable table_{{1, 2}, templates_};
  const RetransmissionRule rule_{
      .syn_ack_first = seconds{1}, .syn_ack_retries = 2, .syn_ack_lifetime = seconds{10}};
  const HostTemplatePtr host_ = template_with(rule_);
  const Egress exit_{{3}, {{1}}, {{2}}};
};

TEST_F(HalfOpenTableTest, GivesBackWhatItWasGiven) {
  HalfOpen given = half_open(9);
  given.timestamp_offset = 77;
  given.syn.offers_ecn = true;
  given.visitor_system = {4094};
  given.retransmissions = 1;
  given.syns = 5;
  ASSERT_TRUE(add(given));
  const std::uint32_t slot = table_.find(given.flow);
  ASSERT_NE(slot, HalfOpenTable::none);
  const HalfOpen found = table_.at(slot);
  EXPECT_EQ(found.flow, given.flow);
  EXPECT_EQ(found.visitor_isn, given.visitor_isn);
  EXPECT_EQ(found.isn, given.isn);
  EXPECT_EQ(found.syn.mss, 1460U);
  EXPECT_TRUE(found.syn.offers_ecn);
  EXPECT_EQ(found.visitor_timestamp, 10U);
  EXPECT_EQ(found.timestamp_offset, 77U);
  EXPECT_EQ(found.visitor_system, SystemId{4094});
  EXPECT_EQ(found.retransmissions, 1);
  EXPECT_EQ(found.syns, 5);
  EXPECT_EQ(found.sent, given.sent);
  EXPECT_EQ(table_.host_template(slot), host_);
  EXPECT_EQ(table_.exit(slot), exit_);
}

TEST_F(HalfOpenTableTest, FindsByTheWholeFlow) {
  const auto flow_of = [](std::uint32_t number) {  // two bits of it for each part
    const auto part = [number](unsigned which) { return number >> (2 * which) & 3; };
    return FlowKey{{IpAddress::v4(0xc6120000 + part(0)), {static_cast<std::uint16_t>(part(1))}},
                   {IpAddress::v4(0x0a000000 + part(2)), {static_cast<std::uint16_t>(part(3))}},
                   IpProtocol::tcp};
  };
  HalfOpen one = half_open(0);
  EXPECT_EQ(table_.find(one.flow), HalfOpenTable::none) << "the table is empty";
  for (std::uint32_t number = 0; number < 256; number += 3) {
    one.flow = flow_of(number);
    one.visitor_isn = {number};
    ASSERT_TRUE(add(one));
  }
  for (std::uint32_t number = 0; number < 256; ++number) {
    const std::uint32_t slot = table_.find(flow_of(number));
    ASSERT_EQ(slot != HalfOpenTable::none, number % 3 == 0) << number;
    if (number % 3 == 0) EXPECT_EQ(table_.at(slot).visitor_isn.value, number);
  }
  one.flow.remote.address = IpAddress{};
  EXPECT_EQ(table_.find(one.flow), HalfOpenTable::none) << "of IPv6";
}

TEST_F(HalfOpenTableTest, ATimestampOffsetIsGoneWithItsEntry) {
  for (const std::uint32_t offset : {1U, 77U}) {
    HalfOpen one = half_open(1);
    one.timestamp_offset = offset;
    ASSERT_TRUE(add(one));
    EXPECT_EQ(table_.at(table_.find(one.flow)).timestamp_offset, offset);
    table_.remove(table_.find(one.flow));
    EXPECT_EQ(due(start + seconds{1}), std::vector<std::uint32_t>{}) << "frees the slot";
    one.timestamp_offset = 0;
    ASSERT_TRUE(add(one));
    EXPECT_EQ(table_.at(table_.find(one.flow)).timestamp_offset, 0U);
    table_.remove(table_.find(one.flow));
  }
}

TEST_F(HalfOpenTableTest, NeverComesDueEarly) {
  EXPECT_EQ(table_.next_due(), Instant::max()) << "the table is empty";
  const HostTemplatePtr patient = template_with({.syn_ack_first = seconds{6}});
  ASSERT_TRUE(table_.add(half_open(1), patient, exit_));
  ASSERT_TRUE(add(half_open(2, start + Duration{1})));
  EXPECT_EQ(table_.next_due(), start + seconds{1} + microseconds{1}) << "to a microsecond";
  EXPECT_EQ(due(start + seconds{1}), std::vector<std::uint32_t>{});
  EXPECT_EQ(due(start + seconds{1} + microseconds{1}), std::vector<std::uint32_t>{2});
  EXPECT_EQ(table_.next_due(), start + seconds{3} + microseconds{1}) << "none waits for 1 s now";
}

TEST_F(HalfOpenTableTest, AVisitStopsWhenTheVisitorSaysSo) {
  for (std::uint32_t i = 0; i < 10; ++i) ASSERT_TRUE(add(half_open(i)));
  int visited = 0;
  table_.visit([&](std::uint32_t) { return ++visited < 4; });
  EXPECT_EQ(visited, 4);
}

TEST_F(HalfOpenTableTest, ComesDueByTheScheduleOfItsSystem) {
  ASSERT_TRUE(add(half_open(1)));
  ASSERT_TRUE(add(half_open(2, start + milliseconds{500})));
  EXPECT_EQ(table_.next_due(), start + seconds{1});
  EXPECT_EQ(due(start + milliseconds{999}), std::vector<std::uint32_t>{});
  EXPECT_EQ(due(start + seconds{1}), std::vector<std::uint32_t>{1});
  EXPECT_EQ(table_.at(table_.find(half_open(1).flow)).retransmissions, 1);
  EXPECT_EQ(due(start + milliseconds{1501}), std::vector<std::uint32_t>{2});
  EXPECT_EQ(due(start + seconds{3}), std::vector<std::uint32_t>{1}) << "2 s after the first time";
  EXPECT_EQ(due(start + milliseconds{9999}), std::vector<std::uint32_t>{2});
  EXPECT_EQ(due(start + seconds{10}), std::vector<std::uint32_t>{1}) << "its lifetime has passed";
}

TEST_F(HalfOpenTableTest, ARemovedOneNeverComesDueAndItsPlaceIsUsedAgain) {
  for (std::uint32_t i = 0; i < 100; ++i) ASSERT_TRUE(add(half_open(i)));
  std::uint32_t highest = 0;
  for (std::uint32_t i = 0; i < 99; ++i) {
    const std::uint32_t slot = table_.find(half_open(i).flow);
    highest = std::max(highest, slot);
    table_.remove(slot);
    EXPECT_EQ(table_.find(half_open(i).flow), HalfOpenTable::none);
  }
  EXPECT_EQ(table_.size(), 1U);
  EXPECT_EQ(due(start + seconds{1}), std::vector<std::uint32_t>{99});
  const Instant later = start + seconds{1};
  for (std::uint32_t i = 0; i < 99; ++i) ASSERT_TRUE(add(half_open(i, later)));
  for (std::uint32_t i = 0; i < 99; ++i) EXPECT_LE(table_.find(half_open(i).flow), highest + 1);
}

TEST_F(HalfOpenTableTest, HoldsSeveralChunks) {
  constexpr std::uint32_t count =
      9 * 65'536;  // fills nine chunks of slots, and begins a second of buckets
  for (std::uint32_t i = 0; i < count; ++i) ASSERT_TRUE(add(half_open(i)));
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t slot = table_.find(half_open(i).flow);
    ASSERT_NE(slot, HalfOpenTable::none) << i;
    ASSERT_EQ(table_.at(slot).isn, SeqNumber{~i});
  }
  std::size_t visited = 0;
  table_.visit([&](std::uint32_t) { return ++visited > 0; });
  EXPECT_EQ(visited, count);
}

// A hash that left out a part of the flow would make each step of these as slow as the table is
// large: minutes.
TEST_F(HalfOpenTableTest, AFloodThatVariesOnePartOfTheFlowStaysFast) {
  for (const bool from_one_visitor : {false, true}) {
    for (std::uint32_t i = 0; i < 60'000; ++i) {
      HalfOpen one = half_open(from_one_visitor ? 70'000 : i);
      if (from_one_visitor) one.flow.remote.port = {static_cast<std::uint16_t>(i)};
      ASSERT_EQ(table_.find(one.flow), HalfOpenTable::none);
      ASSERT_TRUE(add(one));
    }
  }
}

TEST_F(HalfOpenTableTest, TheOldestIsTheOneThatBeganFirst) {
  const HostTemplatePtr patient = template_with({.syn_ack_first = seconds{6}});
  ASSERT_TRUE(table_.add(half_open(1), patient, exit_));
  ASSERT_TRUE(add(half_open(2, start + milliseconds{1})));
  EXPECT_EQ(due(start + seconds{2}), std::vector<std::uint32_t>{2});
  ASSERT_TRUE(add(half_open(3, start + seconds{2})));
  for (std::uint32_t i = 1; i <= 3; ++i) {
    EXPECT_EQ(table_.at(table_.oldest()).visitor_isn.value, i);
    table_.remove(table_.oldest());
  }
  EXPECT_EQ(table_.oldest(), HalfOpenTable::none);
}

TEST_F(HalfOpenTableTest, TheOldestIsFoundAmongSystemsThatWaitEquallyLong) {
  const HostTemplatePtr slower = template_with({.syn_ack_first = seconds{2}, .syn_ack_retries = 2});
  ASSERT_TRUE(add(half_open(1)));
  EXPECT_EQ(due(start + seconds{1}), std::vector<std::uint32_t>{1}) << "waits for 2 s now";
  ASSERT_TRUE(add(half_open(2, start + seconds{1})));
  ASSERT_TRUE(table_.add(half_open(3, start + milliseconds{1500}), slower, exit_));
  for (std::uint32_t i = 1; i <= 3; ++i) {
    EXPECT_EQ(table_.at(table_.oldest()).visitor_isn.value, i);
    table_.remove(table_.oldest());
  }
}

TEST_F(HalfOpenTableTest, CountsRepeatedSynsUpToSeven) {
  ASSERT_TRUE(add(half_open(1)));
  const std::uint32_t slot = table_.find(half_open(1).flow);
  for (int i = 0; i < 20; ++i) table_.count_syn(slot);
  EXPECT_EQ(table_.at(slot).syns, 7);
}

TEST_F(HalfOpenTableTest, RefusesWhatAnEntryCannotHold) {
  HalfOpen six = half_open(1);
  six.flow.remote.address = IpAddress{};
  EXPECT_FALSE(add(six));
  HalfOpen of_another_system = half_open(1);
  of_another_system.visitor_system = {4096};
  EXPECT_FALSE(add(of_another_system));
  of_another_system.visitor_system = {4095};
  EXPECT_TRUE(add(of_another_system));
  table_.remove(table_.find(of_another_system.flow));
  for (std::uint32_t i = 0; i < 256; ++i) {
    const Egress peer{{1}, {{7, static_cast<std::uint8_t>(i)}}, {}};
    ASSERT_TRUE(table_.add(half_open(i), host_, peer)) << i;
  }
  const Egress one_more{{2}, {}, {}};
  EXPECT_FALSE(table_.add(half_open(256), host_, one_more));
  table_.remove(table_.find(half_open(0).flow));
  EXPECT_TRUE(table_.add(half_open(256), host_, one_more)) << "a place is free again";
  EXPECT_EQ(table_.exit(table_.find(half_open(1).flow)), (Egress{{1}, {{7, 1}}, {}}));
  EXPECT_EQ(table_.size(), 256U);
}

TEST_F(HalfOpenTableTest, ForgetsTheHostsThatAreGone) {
  for (std::uint32_t i = 0; i < 10; ++i) ASSERT_TRUE(add(half_open(i)));
  HalfOpen elsewhere = half_open(1);
  elsewhere.flow.local.address = IpAddress::v4(0x0a000006);
  ASSERT_TRUE(add(elsewhere));
  table_.remove_if([](const IpAddress& host) { return host == IpAddress::v4(0x0a000005); });
  EXPECT_EQ(table_.size(), 1U);
  EXPECT_NE(table_.find(elsewhere.flow), HalfOpenTable::none);
}

TEST_F(HalfOpenTableTest, LetsItsTemplateGo) {
  auto host = template_with(rule_);
  const std::weak_ptr<const HostTemplate> watched = host;
  ASSERT_TRUE(table_.add(half_open(1), host, exit_));
  host.reset();
  templates_.retire();
  std::vector<std::shared_ptr<const void>> released;
  templates_.take_released(released);
  EXPECT_TRUE(released.empty());
  table_.remove(table_.find(half_open(1).flow));
  templates_.take_released(released);
  released.clear();
  EXPECT_TRUE(watched.expired());
}

TEST_F(HalfOpenTableTest, AgreesWithAMapOverManySteps) {
  Random random(5);
  std::map<std::uint32_t, Instant> expected;
  Instant now = start;
  for (int step = 0; step < 50'000; ++step) {
    now += microseconds{static_cast<std::int64_t>(random.below(2000))};
    const auto number = static_cast<std::uint32_t>(random.below(5000));
    const std::uint32_t slot = table_.find(half_open(number).flow);
    ASSERT_EQ(slot != HalfOpenTable::none, expected.contains(number)) << step;
    if (slot == HalfOpenTable::none) {
      ASSERT_TRUE(add(half_open(number, now)));
      expected[number] = now;
    } else {
      ASSERT_EQ(table_.at(slot).visitor_isn.value, number);
      table_.remove(slot);
      expected.erase(number);
    }
    for (std::uint32_t at = table_.take_due(now); at != HalfOpenTable::none;
         at = table_.take_due(now)) {
      const HalfOpen found = table_.at(at);
      ASSERT_TRUE(expected.contains(found.visitor_isn.value));
      const Duration waited = now - expected[found.visitor_isn.value];
      ASSERT_GE(waited, found.retransmissions == 1   ? seconds{1}
                        : found.retransmissions == 2 ? seconds{3}
                                                     : seconds{10});
      if (found.retransmissions <= rule_.syn_ack_retries) continue;
      table_.remove(at);
      expected.erase(found.visitor_isn.value);
    }
    ASSERT_EQ(table_.size(), expected.size());
  }
  std::set<std::uint32_t> visited;
  table_.visit([&](std::uint32_t slot) {
    visited.insert(table_.at(slot).visitor_isn.value);
    return true;
  });
  EXPECT_EQ(visited.size(), expected.size());
}

}  // namespace
}  // namespace apiary
