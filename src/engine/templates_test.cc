#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/engine.h"
#include "honeynet/honeynet.h"
#include "wire/checksum.h"
#include "wire/decode.h"

namespace apiary {
namespace {

IpAddress address(std::string_view text) { return parse_ip_address(text).value(); }
IpPrefix network(std::string_view text) { return parse_ip_prefix(text).value(); }

HostTemplatePtr template_of(std::string name, Probability drops_in = {}) {
  auto made = std::make_shared<HostTemplate>();
  made->name = std::move(name);
  made->personality = std::make_shared<const Personality>(generic_personality());
  made->drops_in = drops_in;
  return made;
}

/// An echo request on a link without a link layer.
std::vector<std::uint8_t> echo_request(const IpAddress& from, const IpAddress& to) {
  std::vector<std::uint8_t> bytes = {0x45, 0, 0, 28, 0, 1, 0, 0, 64, 1, 0, 0, 0, 0,
                                     0,    0, 0, 0,  0, 0, 8, 0, 0,  0, 0, 7, 0, 1};
  for (std::size_t i = 0; i < 4; ++i) {
    bytes[12 + i] = from.bytes()[12 + i];
    bytes[16 + i] = to.bytes()[12 + i];
  }
  const auto put_checksum = [&](std::size_t at, std::size_t begin, std::size_t end) {
    const std::uint16_t sum = internet_checksum(Bytes(bytes).subspan(begin, end - begin));
    bytes[at] = static_cast<std::uint8_t>(sum >> 8);
    bytes[at + 1] = static_cast<std::uint8_t>(sum);
  };
  put_checksum(10, 0, 20);
  put_checksum(22, 20, 28);
  return bytes;
}

/// The engine's answer to a ping: its source, ICMP type and code; empty if there is none.
std::string answer_to_ping(Engine& engine, Instant now, const IpAddress& from,
                           const IpAddress& to) {
  const auto frame = echo_request(from, to);
  Outbox out;
  engine.on_frame(now, {}, {.bytes = Bytes(frame)}, out);
  engine.on_time(now, out);
  if (out.packets.empty()) return {};
  const auto decoded = decode_frame(out.packets.front().bytes(), LinkLayer::raw_ip);
  if (!decoded) return "undecodable";
  const auto& datagram = std::get<IpDatagram>(decoded->content);
  return fmt::format("{} type {} code {}", to_string(datagram.source), datagram.payload[0],
                     datagram.payload[1]);
}

Engine engine_of(Honeynet::Parts parts) {
  AddressSet claimed;
  claimed.add(network("10.0.0.0/8"));
  return Engine(std::make_shared<const Honeynet>(std::move(parts)),
                {.interfaces = {{LinkLayer::raw_ip, {}}}, .claimed = claimed});
}

const Instant noon = Instant{} + hours{24 * 20000 + 12};

TEST(Engine, AnswersForEveryAddressOfABoundRange) {
  Engine engine = engine_of(
      {.topology = {},
       .hosts = HostMap({{parse_address_range("10.0.0.0/16").value(), template_of("many")}}),
       .router_template = template_of("router")});
  EXPECT_EQ(answer_to_ping(engine, noon, address("192.0.2.1"), address("10.0.77.5")),
            "10.0.77.5 type 0 code 0");
  EXPECT_EQ(answer_to_ping(engine, noon, address("192.0.2.1"), address("10.1.0.5")), "");
  EXPECT_EQ(engine.counters().of(DropReason::no_host), 1U);
}

TEST(Engine, ARouterSaysThatAnUnreachableNetworkIsSo) {
  Engine engine = engine_of(
      {.topology = Topology::build({.entries = {{address("10.0.0.1"), network("10.0.0.0/8")}},
                                    .direct = {{address("10.0.0.1"), network("10.0.0.0/8")}},
                                    .next_hops = {},
                                    .unreachable = {{address("10.0.0.1"), network("10.3.0.0/16")}}})
                       .value(),
       .hosts = {},
       .default_template = template_of("default"),
       .router_template = template_of("router")});
  EXPECT_EQ(answer_to_ping(engine, noon, address("192.0.2.1"), address("10.2.0.5")),
            "10.2.0.5 type 0 code 0");
  EXPECT_EQ(answer_to_ping(engine, noon, address("192.0.2.1"), address("10.3.0.5")),
            "10.0.0.1 type 3 code 0");
}

TEST(Engine, AHostMayDropItsShare) {
  Engine engine = engine_of({.topology = {},
                             .hosts = {},
                             .default_template = template_of("lossy", percent(25)),
                             .router_template = template_of("router")});
  int answers = 0;
  for (int i = 0; i < 4000; ++i)
    answers +=
        !answer_to_ping(engine, noon + milliseconds{i}, address("192.0.2.1"), address("10.0.0.5"))
             .empty();
  EXPECT_NEAR(answers, 3000, 150);
  EXPECT_EQ(engine.counters().of(DropReason::dropped_by_host),
            static_cast<std::uint64_t>(4000 - answers));
}

TEST(Engine, ADynamicHostAnswersOnlyVisitorsThatItsConditionsName) {
  auto dynamic = std::make_shared<HostTemplate>(HostTemplate{.name = "magic", .is_dynamic = true});
  dynamic->choices = {{FromNetwork{network("192.0.2.0/24")}, template_of("inside")}};
  Engine engine = engine_of({.topology = {},
                             .hosts = {},
                             .default_template = dynamic,
                             .router_template = template_of("router")});
  EXPECT_EQ(answer_to_ping(engine, noon, address("192.0.2.1"), address("10.0.0.5")),
            "10.0.0.5 type 0 code 0");
  EXPECT_EQ(answer_to_ping(engine, noon, address("198.51.100.1"), address("10.0.0.5")), "");
}

}  // namespace
}  // namespace apiary
