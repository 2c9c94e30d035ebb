#include "service/spawner_protocol.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

std::vector<char> packet_of(const std::vector<std::uint8_t>& bytes) {
  return {bytes.begin(), bytes.end()};
}

std::vector<std::string> strings(const std::vector<char*>& pointers) {
  EXPECT_FALSE(pointers.empty());
  EXPECT_EQ(pointers.back(), nullptr);
  return {pointers.begin(), pointers.end() - 1};
}

TEST(SpawnerProtocol, ARequestSurvivesItsPacket) {
  const ProgramRequest request{{7}, {"sh", "scripts/web.sh", ""}, {"PATH=/bin", "EMPTY="}, {5, {}, 35}};
  auto packet = packet_of(encode(request));
  const auto decoded = decode_request(packet);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->process, request.process);
  EXPECT_FALSE(decoded->is_end);
  EXPECT_EQ(decoded->rights, request.rights);
  EXPECT_EQ(strings(decoded->arguments), request.arguments);
  EXPECT_EQ(strings(decoded->environment), request.environment);

  packet = packet_of(encode(EndRequest{{8}}));
  const auto end = decode_request(packet);
  ASSERT_TRUE(end);
  EXPECT_TRUE(end->is_end);
  EXPECT_EQ(end->process, ProcessNumber{8});
}

TEST(SpawnerProtocol, EveryShorterPacketIsRefused) {
  const auto packet = packet_of(encode(ProgramRequest{{7}, {"cat", "-n"}, {"A=b"}}));
  for (std::size_t size = 0; size < packet.size(); ++size) {
    SCOPED_TRACE(size);
    std::vector<char> part(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(decode_request(part));
  }
  auto nothing_to_run = packet_of(encode(ProgramRequest{{7}, {}, {"A=b"}}));
  EXPECT_FALSE(decode_request(nothing_to_run));
}

}  // namespace
}  // namespace apiary
