// How much the engine sends at most to peers that have not proved their address.
#include <gtest/gtest.h>

#include "engine/testing/engine_on_link.h"

namespace apiary {
namespace {

class Amplification : public testing::Test, public EngineOnLink {};

/// The bytes with which an attacker can flood a victim by spoofing its address.
TEST_F(Amplification, NoProbeMakesAnAmplifier) {
  const IpAddress victim = IpAddress::v4(198, 51, 100, 9);
  const auto flag = [](int bits) { return static_cast<std::uint8_t>(bits); };
  const struct {
    const char* name;
    std::uint8_t protocol;
    Words payload;
    bool is_fragment = false;
  } probes[] = {
      {"SYN to a service", 6, tcp(tcp_flag::syn, {7}, victim)},
      {"SYN with data", 6, tcp(tcp_flag::syn, {7}, victim, 400)},
      {"SYN to a closed port", 6, tcp(tcp_flag::syn, {9}, victim)},
      {"ACK of no connection", 6, tcp(tcp_flag::ack, {7}, victim)},
      {"SYN FIN URG PSH", 6, tcp(flag(0x2b), {7}, victim)},
      {"no flags", 6, tcp(flag(0), {9}, victim)},
      {"RST", 6, tcp(tcp_flag::rst, {7}, victim)},
      {"empty datagram to a closed port", 17, udp({9}, victim, 0)},
      {"datagram to a closed port", 17, udp({9}, victim, 300)},
      {"small ping", 1, icmp(IcmpType::echo_request, 0)},
      {"large ping", 1, icmp(IcmpType::echo_request, 1'400)},
      {"timestamp request", 1, icmp(IcmpType::timestamp_request, 12)},
      {"unknown protocol", 253, Words(8, 'x')},
      {"first fragment", 17, udp({9}, victim, 16), true},
  };
  for (const auto& probe : probes) {
    constexpr std::uint64_t count = 2'000;
    sent_bytes = received_bytes = 0;
    const Instant began = now;
    for (std::uint64_t i = 0; i < count; ++i) {
      send(probe.protocol, victim, probe.payload, {0}, probe.is_fragment);
      wait(microseconds{50});
    }
    wait(minutes{5});
    const double unasked =
        Limits{}.reply_burst_bytes + Limits{}.reply_bytes_per_second * in_seconds(now - began);
    EXPECT_LE(static_cast<double>(sent_bytes),
              Limits{}.reply_factor * static_cast<double>(received_bytes) + unasked)
        << probe.name;
    EXPECT_LE(sent_bytes, 4 * received_bytes) << probe.name << ": SYN/ACKs are sent again";
  }
}

TEST_F(Amplification, AServiceThatSaysMuchOverUdpIsCutShort) {
  const IpAddress victim = IpAddress::v4(198, 51, 100, 9);
  const Words much(1'400, 'y');
  for (int i = 0; i < 2'000; ++i) {
    send(17, victim, udp({7}, victim, 1));
    ASSERT_FALSE(sessions.empty());
    engine.on_service(now, ServiceOutput{sessions.back(), much}, out);
    take();
    wait(microseconds{50});
  }
  EXPECT_LE(static_cast<double>(sent_bytes),
            Limits{}.reply_factor * static_cast<double>(received_bytes) +
                Limits{}.reply_burst_bytes + Limits{}.reply_bytes_per_second);
  EXPECT_GT(engine.counters().of(DropReason::would_amplify), 1'000U);
}

}  // namespace
}  // namespace apiary
