// Hosts with leased addresses: which template host_at() returns, and how their conversations
// outlive reloads.
#include <gtest/gtest.h>

#include <cstring>

#include "engine/engine.h"
#include "honeynet/honeynet.h"
#include "wire/decode.h"
#include "wire/dhcp.h"
#include "wire/ethernet.h"
#include "wire/udp.h"

namespace apiary {
namespace {

const MacAddress own_mac{{2, 0, 0, 0, 0, 1}}, server_mac{{2, 0, 0, 0, 0, 9}};
const IpAddress server = IpAddress::v4(192, 0, 2, 1), leased = IpAddress::v4(192, 0, 2, 30),
                visitor = IpAddress::v4(192, 0, 2, 7), everybody = IpAddress::v4(0xffffffff);

/// With a service on UDP port 7.
HostTemplatePtr machine(std::string name) {
  HostTemplate result{.name = std::move(name),
                      .personality = std::make_shared<const Personality>(generic_personality())};
  result.udp_ports = {{Port{7}, std::make_shared<const ServiceSpec>(Script{"cat"})}};
  return std::make_shared<const HostTemplate>(std::move(result));
}

/// A host of the template "linux" gets its address by DHCP on a link. In 10.0.0.0/24, 10.0.0.7 is a
/// physical host and the others have the default template.
class LeasesTest : public testing::Test {
 protected:
  LeasesTest() {
    AddressSet claimed;
    claimed.add(*parse_ip_prefix("10.0.0.0/24"));
    engine.emplace(honeynet("linux"),
                   EngineSettings{.interfaces = {{.mac = own_mac, .name = "eth0"}},
                                  .claimed = claimed,
                                  .host_key = {1, 2}});
  }

  static std::shared_ptr<const Honeynet> honeynet(std::string name) {
    return std::make_shared<const Honeynet>(Honeynet::Parts{
        .default_template = machine("default"),
        .dhcp = {{.interface = "eth0", .host_template = machine(std::move(name)), .identity = "1"}},
        .physical_hosts = {{IpAddress::v4(10, 0, 0, 7), "eth0"}}});
  }

  /// Time passes; the server answers each message of the host.
  void serve(Duration time) {
    const Instant end = now + time;
    while (engine->next_deadline() <= end) {
      now = std::max(now, engine->next_deadline());
      engine->on_time(now, out);
      const std::vector<Packet> packets = std::exchange(out.packets, {});
      for (const Packet& packet : packets) answer(packet.bytes());
      out.clear();
    }
    now = end;
  }
  void answer(Bytes frame) {
    const auto decoded = decode_frame(frame, LinkLayer::ethernet);
    const auto* const datagram = std::get_if<IpDatagram>(&decoded->content);
    if (datagram == nullptr) return;
    const auto asked = parse_dhcp(parse_udp(datagram->payload)->payload);
    ASSERT_TRUE(asked);
    nic = asked->client_mac;
    const bool discovers = asked->type == DhcpType::discover;
    send(*asked, discovers ? DhcpType::offer : DhcpType::ack);
  }
  void send(const DhcpMessage& asked, DhcpType type) {
    const wire::DhcpHeader header{.operation = 2,
                                  .hardware_type = 1,
                                  .hardware_length = 6,
                                  .hops = 0,
                                  .transaction = asked.transaction,
                                  .seconds = 0,
                                  .flags = 0,
                                  .client = 0,
                                  .yours = leased.v4_value(),
                                  .server = 0,
                                  .relay = 0,
                                  .client_mac = asked.client_mac,
                                  .client_mac_padding = {},
                                  .server_name = {},
                                  .file = {},
                                  .cookie = 0x63825363};
    std::vector<std::uint8_t> message(sizeof header);
    wire::write(header, message);
    const std::array<std::uint8_t, 4> from{192, 0, 2, 1};
    message.insert(message.end(), {dhcp_option::message_type, 1, static_cast<std::uint8_t>(type)});
    message.insert(message.end(), {dhcp_option::server, 4, from[0], from[1], from[2], from[3]});
    message.insert(message.end(), {dhcp_option::lease_time, 4, 0, 0, 14, 16, dhcp_option::end});

    const UdpDatagram udp{
        .source_port = dhcp_server_port, .destination_port = dhcp_client_port, .payload = message};
    const IpDatagram ip{.source = server,
                        .destination = everybody,
                        .protocol = static_cast<std::uint8_t>(IpProtocol::udp)};
    receive(ip, udp);
  }
  void receive(const IpDatagram& ip, const UdpDatagram& udp) {
    const wire::EthernetHeader ethernet{nic, server_mac,
                                        static_cast<std::uint16_t>(EtherType::ipv4)};
    std::vector<std::uint8_t> frame(sizeof ethernet + ip_header_size_bytes(ip) +
                                    udp_size_bytes(udp));
    std::memcpy(frame.data(), &ethernet, sizeof ethernet);
    const auto datagram = std::span(frame).subspan(sizeof ethernet);
    emit_ip_header(ip, udp_size_bytes(udp), datagram);
    emit_udp(udp, ip.source, ip.destination, datagram.subspan(ip_header_size_bytes(ip)));
    engine->on_frame(now, {}, {.bytes = frame}, out);
  }

  /// The name of the template that answers; empty if none does.
  std::string name_at(const IpAddress& address) const {
    const HostTemplate* const host_template =
        engine->host_at(address, visitor, static_cast<std::uint8_t>(IpProtocol::tcp), now);
    return host_template == nullptr ? "" : host_template->name;
  }

  MacAddress nic;  // of the host that sent the last request
  std::optional<Engine> engine;
  Instant now{seconds{1'700'000'000}};
  Outbox out;
};

TEST_F(LeasesTest, ALeasedAddressIsThatOfTheHostThatAskedForIt) {
  EXPECT_EQ(name_at(leased), "") << "not claimed, nor leased yet";
  serve(seconds{60});
  EXPECT_EQ(name_at(leased), "linux") << "and not the default template, whose address it is not";
  engine->release_leases(now, out);
  EXPECT_EQ(name_at(leased), "");
}

TEST_F(LeasesTest, AConversationWithALeasedHostKeepsItsTemplateOverReloads) {
  serve(seconds{60});
  (void)engine->adopt({honeynet("second"), engine->claimed()});
  // Between two turns: the lease still has the template of the version before.
  EXPECT_EQ(name_at(leased), "linux");
  receive({.source = visitor,
           .destination = leased,
           .protocol = static_cast<std::uint8_t>(IpProtocol::udp)},
          {.source_port = {4'000}, .destination_port = {7}});
  ASSERT_FALSE(out.services.empty());
  const SessionId session = std::get<OpenSession>(out.services[0]).session;
  serve(seconds{1});
  EXPECT_EQ(name_at(leased), "second");
  (void)engine->adopt({honeynet("third"), engine->claimed()});
  serve(seconds{1});
  EXPECT_EQ(engine->conversations(1).latest.at(0).template_name, "linux");
  out.clear();
  engine->on_service(now, ServiceOutput{session, as_bytes("answer")}, out);
  engine->on_time(now, out);
  EXPECT_EQ(out.packets.size(), 1U);
}

TEST_F(LeasesTest, NobodyIsWhereNothingIsAnsweredFor) {
  EXPECT_EQ(name_at(IpAddress::v4(10, 0, 0, 5)), "default");
  EXPECT_EQ(name_at(IpAddress::v4(10, 0, 0, 7)), "") << "a physical host answers for itself";
  EXPECT_EQ(name_at(IpAddress::v4(10, 0, 1, 5)), "") << "not claimed";
  EXPECT_EQ(name_at(everybody), "") << "what is sent to all is for no host";
}

}  // namespace
}  // namespace apiary
