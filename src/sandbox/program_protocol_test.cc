#include "sandbox/program_protocol.h"

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

TEST(ProgramProtocol, ARequestSurvivesItsPacket) {
  const ProgramRequest request{{7},
                               {"sh", "scripts/web.sh", ""},
                               {"PATH=/bin", "EMPTY="},
                               "mail.example.org",
                               {.user = 5, .open_files = 35, .memory_bytes = 1ull << 33}};
  auto packet = packet_of(encode(request));
  const auto decoded = decode_request(packet);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->process, request.process);
  EXPECT_EQ(decoded->kind, RequestKind::start);
  EXPECT_EQ(decoded->host_name, request.host_name);
  EXPECT_EQ(decoded->privileges, request.privileges);
  EXPECT_EQ(strings(decoded->arguments), request.arguments);
  EXPECT_EQ(strings(decoded->environment), request.environment);

  packet = packet_of(encode(EndRequest{{8}}));
  const auto end = decode_request(packet);
  ASSERT_TRUE(end);
  EXPECT_EQ(end->kind, RequestKind::end);
  EXPECT_EQ(end->process, ProcessNumber{8});

  const SandboxView view{
      "/etc/apiary", {"/srv/decoys", "/srv/web.py"}, {"/etc/apiary/apiary.conf"}};
  packet = packet_of(encode(view));
  const auto shown = decode_request(packet);
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown->kind, RequestKind::view);
  EXPECT_EQ(shown->view, view);
}

TEST(ProgramProtocol, EveryShorterPacketIsRefused) {
  const auto packet = packet_of(encode(ProgramRequest{{7}, {"cat", "-n"}, {"A=b"}, "a"}));
  for (std::size_t size = 0; size < packet.size(); ++size) {
    SCOPED_TRACE(size);
    std::vector<char> part(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(decode_request(part));
  }
  auto nothing_to_run = packet_of(encode(ProgramRequest{{7}, {}, {"A=b"}, "a"}));
  EXPECT_FALSE(decode_request(nothing_to_run));
}

}  // namespace
}  // namespace apiary
