#include "service/inbox.h"

#include <event2/event.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace apiary {
namespace {

class InboxTest : public testing::Test {
 protected:
  static constexpr SessionId stream = make_session_id(IpProtocol::tcp, {}, 1);
  static constexpr SessionId other = make_session_id(IpProtocol::tcp, {}, 2);
  static constexpr SessionId datagrams = make_session_id(IpProtocol::udp, {}, 1);

  std::unique_ptr<event_base, void (*)(event_base*)> events{event_base_new(), event_base_free};
  Inbox inbox{events.get()};
};

TEST_F(InboxTest, JoinsOutputOfAStream) {
  inbox.output(stream, as_bytes("a"));
  inbox.output(stream, as_bytes("bc"));
  inbox.output(other, as_bytes("d"));
  inbox.output(stream, as_bytes("e"));
  const auto messages = inbox.take();
  ASSERT_EQ(messages.size(), 3U);
  EXPECT_EQ(as_text(std::get<ServiceOutput>(messages[0]).bytes), "abc");
  EXPECT_EQ(as_text(std::get<ServiceOutput>(messages[2]).bytes), "e");
}

TEST_F(InboxTest, TakesOutputWhereItWasWritten) {
  const auto write = [this](std::string_view text) {
    const auto space = inbox.output_space(1'000);
    ASSERT_EQ(space.size(), 1'000U);
    std::ranges::copy(text, space.begin());
    inbox.output_in_space(stream, text.size());
  };
  write("abc");
  write("de");
  inbox.output(stream, as_bytes("f"));
  const auto messages = inbox.take();
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(as_text(std::get<ServiceOutput>(messages[0]).bytes), "abcdef");
}

TEST_F(InboxTest, KeepsDatagramsApart) {
  inbox.output(datagrams, as_bytes("a"));
  inbox.output(datagrams, as_bytes("b"));
  EXPECT_EQ(inbox.take().size(), 2U);
}

TEST_F(InboxTest, AddsUpConsumedBytesInTheirOrder) {
  inbox.consumed(stream, 1);
  inbox.consumed(stream, 2);
  inbox.consumed(other, 4);
  inbox.ended(other);
  inbox.consumed(other, 8);
  const auto messages = inbox.take();
  ASSERT_EQ(messages.size(), 4U);
  EXPECT_EQ(std::get<InputConsumed>(messages[0]).bytes, 3U);
  EXPECT_EQ(std::get<InputConsumed>(messages[1]).bytes, 4U);
  EXPECT_EQ(std::get<InputConsumed>(messages[3]).bytes, 8U);
}

}  // namespace
}  // namespace apiary
