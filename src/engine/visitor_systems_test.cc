#include <gtest/gtest.h>

#include "engine/engine.h"
#include "honeynet/honeynet.h"
#include "passive/signature_database.h"
#include "passive/syn_signature.h"
#include "wire/decode.h"
#include "wire/tcp_options.h"
#include "wire/udp.h"

namespace apiary {
namespace {

using Words = std::vector<std::uint8_t>;

const IpAddress host = IpAddress::v4(10, 0, 0, 5), visitor = IpAddress::v4(192, 0, 2, 9),
                other = IpAddress::v4(192, 0, 2, 10);

/// Signatures of an invented system whose SYNs have only an MSS.
std::shared_ptr<const SignatureDatabase> signatures(std::string_view name = "Hive:3.x") {
  return std::make_shared<const SignatureDatabase>(
      SignatureDatabase::parse("[tcp:request]\nlabel = s:hive:" + std::string(name) +
                               "\nsig = *:64:0:*:*,0:mss:*:0\n" + "sig = *:64:0:*:*,0:mss::0\n"));
}

/// A template with a service on TCP and UDP port 7.
std::shared_ptr<HostTemplate> machine(std::string name) {
  auto made = std::make_shared<HostTemplate>();
  made->name = std::move(name);
  made->personality = std::make_shared<const Personality>(generic_personality());
  made->tcp_default = Reset{};
  const auto service = std::make_shared<const ServiceSpec>(Script{"cat"});
  made->tcp_ports = made->udp_ports = {{Port{7}, service}};
  return made;
}

class VisitorSystemsTest : public testing::Test {
 protected:
  VisitorSystemsTest() { engine.adopt(signatures()); }

  void send(IpProtocol protocol, const Words& payload, const IpAddress& from, std::uint8_t ttl) {
    const IpDatagram header{.source = from,
                            .destination = host,
                            .protocol = static_cast<std::uint8_t>(protocol),
                            .hop_limit = ttl};
    Words bytes(ip_header_size_bytes(header));
    emit_ip_header(header, payload.size(), bytes);
    bytes.insert(bytes.end(), payload.begin(), payload.end());
    out.clear();
    engine.on_frame(now, {}, {bytes}, out);
    now += milliseconds{1};
    engine.on_time(now, out);
  }
  void send_tcp(std::uint8_t flags, std::uint16_t port, const IpAddress& from, bool with_mss) {
    TcpOptionBytes options;
    if (with_mss) options.put_mss(1'460);
    const TcpSegment segment{.source_port = {4'000},
                             .destination_port = {port},
                             .sequence = {(flags & tcp_flag::syn) != 0 ? 1'000U : 1'001U},
                             .acknowledgment = acknowledgment,
                             .flags = flags,
                             .window = 1'024,
                             .options = options.bytes()};
    Words bytes(tcp_size_bytes(segment));
    emit_tcp(segment, from, host, bytes);
    send(IpProtocol::tcp, bytes, from, 60);
  }
  void send_syn(const IpAddress& from = visitor, std::uint16_t port = 7) {
    acknowledgment = {};
    send_tcp(tcp_flag::syn, port, from, true);
  }
  void send_ack() {
    ASSERT_EQ(out.packets.size(), 1U);
    const auto answer = decode_frame(out.packets[0].bytes(), LinkLayer::raw_ip);
    acknowledgment = parse_tcp(std::get<IpDatagram>(answer->content).payload)->sequence + 1;
    send_tcp(tcp_flag::ack, 7, visitor, false);
  }
  void send_udp(const IpAddress& from = visitor) {
    Words bytes(sizeof(wire::UdpHeader) + 1, 'x');
    wire::write(wire::UdpHeader{Port{4'000}.number, 7, static_cast<std::uint16_t>(bytes.size()), 0},
                bytes);
    send(IpProtocol::udp, bytes, from, 60);
  }
  void ping(const IpAddress& from = visitor) {
    send(IpProtocol::icmp, {8, 0, 0xf7, 0xfd, 0, 1, 0, 1}, from, 60);
  }

  template <class E>
  std::string system_in() const {
    for (const EngineEvent& event : out.events)
      if (const auto* const found = std::get_if<E>(&event))
        return std::string(found->visitor_system);
    return "no event";
  }
  template <class E>
  std::string signature_in() const {
    for (const EngineEvent& event : out.events)
      if (const auto* const found = std::get_if<E>(&event)) return signature_of(found->visitor_syn);
    return "no event";
  }
  std::string opened() const {
    for (const ServiceCommand& command : out.services)
      if (const auto* const open = std::get_if<OpenSession>(&command))
        return std::string(open->visitor_system);
    return "nothing opened";
  }

  static Honeynet::Parts parts() {
    auto dynamic =
        std::make_shared<HostTemplate>(HostTemplate{.name = "magic", .is_dynamic = true});
    dynamic->choices = {{FromSystem{"hive 3"}, machine("trap")}, {Otherwise{}, machine("plain")}};
    return {.topology = {},
            .hosts = HostMap({{{host, host}, dynamic}}),
            .router_template = machine("router")};
  }
  static AddressSet claimed() {
    AddressSet set;
    set.add(*parse_ip_prefix("10.0.0.0/8"));
    return set;
  }

  Engine engine{std::make_shared<const Honeynet>(parts()),
                {.interfaces = {{LinkLayer::raw_ip, {}, 1500}}, .claimed = claimed()}};
  Instant now{seconds{1'700'000'000}};
  Outbox out;
  SeqNumber acknowledgment;
};

TEST_F(VisitorSystemsTest, ASynShowsTheSystemOfItsConversation) {
  send_syn();
  EXPECT_EQ(system_in<ProbeReceived>(), "Hive 3.x");
  send_ack();
  EXPECT_EQ(system_in<FlowOpened>(), "Hive 3.x");
  EXPECT_EQ(opened(), "Hive 3.x");
}

TEST_F(VisitorSystemsTest, ASynToAClosedPortDoesAsWell) {
  send_syn(visitor, 9);
  EXPECT_EQ(system_in<ProbeReceived>(), "Hive 3.x");
}

TEST_F(VisitorSystemsTest, ASynThatFitsNoSignatureShowsNothing) {
  send_tcp(tcp_flag::syn, 7, visitor, false);
  EXPECT_EQ(system_in<ProbeReceived>(), "");
  send_ack();
  EXPECT_EQ(system_in<FlowOpened>(), "");
  EXPECT_EQ(opened(), "");
}

TEST_F(VisitorSystemsTest, ASynIsAFingerprintWhetherOrNotItFitsASignature) {
  send_syn();
  EXPECT_EQ(signature_in<ProbeReceived>(), "4:64:0:1460:1024,0:mss:id-:0");
  send_ack();
  EXPECT_EQ(signature_in<FlowOpened>(), "4:64:0:1460:1024,0:mss:id-:0");
  acknowledgment = {};
  send_tcp(tcp_flag::syn, 9, visitor, false);
  EXPECT_EQ(signature_in<ProbeReceived>(), "4:64:0:0:1024,0::id-:0") << "the last one";
  ping(other);
  EXPECT_EQ(signature_in<ProbeReceived>(), "") << "it has sent none";
  ping();
  EXPECT_EQ(signature_in<ProbeReceived>(), "4:64:0:0:1024,0::id-:0");
  now += seconds{302};
  ping();
  EXPECT_EQ(signature_in<ProbeReceived>(), "") << "it is too old";
}

TEST_F(VisitorSystemsTest, ASynSpeaksForItsAddressForFiveMinutes) {
  send_udp();
  EXPECT_EQ(system_in<FlowOpened>(), "");
  send_syn(visitor, 9);
  ping();
  EXPECT_EQ(system_in<ProbeReceived>(), "Hive 3.x");
  ping(other);
  EXPECT_EQ(system_in<ProbeReceived>(), "");
  now += seconds{298};
  ping();
  EXPECT_EQ(system_in<ProbeReceived>(), "Hive 3.x");
  now += seconds{4};
  ping();
  EXPECT_EQ(system_in<ProbeReceived>(), "");
  send_syn(visitor, 9);
  send_udp();
  EXPECT_EQ(system_in<FlowOpened>(), "Hive 3.x") << "the conversation before was over";
  EXPECT_EQ(opened(), "Hive 3.x");
}

TEST_F(VisitorSystemsTest, ADynamicHostIsWhatTheSystemMakesIt) {
  const auto name = [&] {
    return engine.host_at(host, visitor, static_cast<std::uint8_t>(IpProtocol::tcp), now)->name;
  };
  EXPECT_EQ(name(), "plain");
  send_syn();
  send_ack();
  EXPECT_EQ(name(), "trap");
  for (const EngineEvent& event : out.events)
    if (const auto* const flow = std::get_if<FlowOpened>(&event))
      EXPECT_EQ(flow->template_name, "trap") << "from the SYN on";
  now += minutes{6};
  EXPECT_EQ(name(), "plain");
}

TEST_F(VisitorSystemsTest, OtherSignaturesTakeTheirPlace) {
  send_syn();
  engine.adopt(signatures("Comb:1"));
  send_ack();
  EXPECT_EQ(opened(), "Hive 3.x") << "as it began";
  send_syn(other);
  EXPECT_EQ(system_in<ProbeReceived>(), "Comb 1");
  const auto old = engine.adopt(std::make_shared<const SignatureDatabase>());
  EXPECT_EQ(old->systems(), std::vector<std::string>{"Comb 1"});
  send_syn(other, 9);
  EXPECT_EQ(system_in<ProbeReceived>(), "");
}

}  // namespace
}  // namespace apiary
