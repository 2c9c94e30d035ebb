#include "host/outbox.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

constexpr SessionId one = make_session_id(IpProtocol::tcp, {}, 1);
constexpr SessionId other = make_session_id(IpProtocol::tcp, {}, 2);

template <class Command>
const Command& command(const Outbox& out, std::size_t index) {
  return std::get<Command>(out.services.at(index));
}

TEST(Outbox, JoinsInputThatContinuesTheLastCommand) {
  Outbox out;
  out.deliver(one, as_bytes("a"));
  out.deliver(one, as_bytes("bc"));
  out.deliver(other, as_bytes("d"));
  out.deliver(one, as_bytes("e"));
  out.services.emplace_back(EndInput{one});
  ASSERT_EQ(out.services.size(), 4U);
  EXPECT_EQ(as_text(command<DeliverInput>(out, 0).bytes), "abc");
  EXPECT_EQ(as_text(command<DeliverInput>(out, 1).bytes), "d");
  EXPECT_EQ(as_text(command<DeliverInput>(out, 2).bytes), "e");
}

TEST(Outbox, JoinsOnlyInputThatLiesTogether) {
  Outbox out;
  out.deliver(one, as_bytes("a"));
  out.bytes.copy(as_bytes("of an event"));
  out.deliver(one, as_bytes("b"));
  ASSERT_EQ(out.services.size(), 2U);
  EXPECT_EQ(as_text(command<DeliverInput>(out, 1).bytes), "b");
}

TEST(Outbox, AddsUpGrantsOfTheSameSession) {
  Outbox out;
  out.grant(one, 1);
  out.grant(one, 2);
  out.grant(other, 4);
  out.deliver(other, as_bytes("a"));
  out.grant(other, 8);
  ASSERT_EQ(out.services.size(), 4U);
  EXPECT_EQ(command<GrantOutput>(out, 0).bytes, 3U);
  EXPECT_EQ(command<GrantOutput>(out, 1).bytes, 4U);
  EXPECT_EQ(command<GrantOutput>(out, 3).bytes, 8U);
}

}  // namespace
}  // namespace apiary
