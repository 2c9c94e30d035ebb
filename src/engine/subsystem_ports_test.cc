// Ports of subsystems open and close while an engine runs.
#include <gtest/gtest.h>

#include "engine/engine.h"
#include "honeynet/honeynet.h"
#include "wire/decode.h"
#include "wire/udp.h"

namespace apiary {
namespace {

const IpAddress farm_host = IpAddress::v4(10, 0, 0, 5), farm_visitor = IpAddress::v4(192, 0, 2, 9);

class SubsystemPorts : public testing::Test {
 protected:
  std::uint8_t flags_of_answer(std::uint16_t port) {
    const TcpSegment segment{.source_port = {next_port_++},
                             .destination_port = {port},
                             .sequence = {1'000},
                             .flags = tcp_flag::syn,
                             .window = 1'024};
    std::vector<std::uint8_t> bytes(tcp_size_bytes(segment));
    emit_tcp(segment, farm_visitor, farm_host, bytes);
    send(IpProtocol::tcp, bytes);
    if (out.packets.size() != 1) return 0;
    const auto answer = decode_frame(out.packets[0].bytes(), LinkLayer::raw_ip);
    return parse_tcp(std::get<IpDatagram>(answer->content).payload)->flags;
  }
  /// The service that a connection opens; null: none.
  std::shared_ptr<const ServiceSpec> service_for_connection(std::uint16_t port) {
    if (flags_of_answer(port) != (tcp_flag::syn | tcp_flag::ack)) return nullptr;
    const auto answer = decode_frame(out.packets[0].bytes(), LinkLayer::raw_ip);
    const auto syn_ack = *parse_tcp(std::get<IpDatagram>(answer->content).payload);
    const TcpSegment segment{.source_port = syn_ack.destination_port,
                             .destination_port = {port},
                             .sequence = {1'001},
                             .acknowledgment = syn_ack.sequence + 1,
                             .flags = tcp_flag::ack,
                             .window = 1'024};
    std::vector<std::uint8_t> bytes(tcp_size_bytes(segment));
    emit_tcp(segment, farm_visitor, farm_host, bytes);
    send(IpProtocol::tcp, bytes);
    return opened();
  }
  /// The service that a datagram for the port opens; null: none.
  std::shared_ptr<const ServiceSpec> service_for_datagram(std::uint16_t port) {
    std::vector<std::uint8_t> bytes(sizeof(wire::UdpHeader) + 1, 'x');
    wire::write(wire::UdpHeader{next_port_++, port, static_cast<std::uint16_t>(bytes.size()), 0},
                bytes);
    send(IpProtocol::udp, bytes);
    return opened();
  }

  const std::shared_ptr<const ServiceSpec> server =
      std::make_shared<const ServiceSpec>(Subsystem{.owner = "farm", .command = "nginx"});
  std::shared_ptr<HostTemplate> machine = [this] {
    auto made = std::make_shared<HostTemplate>();
    made->name = "farm";
    made->personality = std::make_shared<const Personality>(generic_personality());
    made->tcp_default = Reset{};
    made->tcp_ports = {{Port{8080}, Block{}}};
    made->subsystems = {server};
    return made;
  }();
  Engine engine{std::make_shared<const Honeynet>(
                    Honeynet::Parts{.topology = {},
                                    .hosts = HostMap({{{farm_host, farm_host}, machine}}),
                                    .router_template = machine}),
                {.interfaces = {{LinkLayer::raw_ip, {}, 1500}}, .claimed = claimed()}};
  Outbox out;

 private:
  std::shared_ptr<const ServiceSpec> opened() const {
    for (const ServiceCommand& command : out.services)
      if (const auto* const open = std::get_if<OpenSession>(&command)) return open->service;
    return nullptr;
  }
  static AddressSet claimed() {
    AddressSet set;
    set.add(IpPrefix(farm_host, 32));
    return set;
  }
  void send(IpProtocol protocol, const std::vector<std::uint8_t>& payload) {
    const IpDatagram header{.source = farm_visitor,
                            .destination = farm_host,
                            .protocol = static_cast<std::uint8_t>(protocol),
                            .hop_limit = 60};
    std::vector<std::uint8_t> bytes(ip_header_size_bytes(header));
    emit_ip_header(header, payload.size(), bytes);
    bytes.insert(bytes.end(), payload.begin(), payload.end());
    out.clear();
    engine.on_frame(now_, {}, {bytes}, out);
    now_ += milliseconds{1};
    engine.on_time(now_, out);
  }

  Instant now_{seconds{1'700'000'000}};
  std::uint16_t next_port_ = 4'000;
};

constexpr std::uint8_t reset = tcp_flag::rst | tcp_flag::ack,
                       accepted = tcp_flag::syn | tcp_flag::ack;

TEST_F(SubsystemPorts, OpenWhileItListens) {
  EXPECT_EQ(flags_of_answer(80), reset);
  EXPECT_EQ(service_for_datagram(53), nullptr);

  // By an equal subsystem of another version of the honeynet.
  const auto equal = std::make_shared<const ServiceSpec>(*server);
  engine.adopt(std::make_shared<const ListeningPorts>(
      std::vector<ListeningPorts::Entry>{{equal, {Port{80}, Port{8080}}, {Port{53}}}}));
  EXPECT_EQ(flags_of_answer(80), accepted);
  EXPECT_EQ(flags_of_answer(81), reset);
  EXPECT_EQ(flags_of_answer(8080), 0) << "configured otherwise";
  EXPECT_EQ(service_for_datagram(53), server);
  EXPECT_EQ(service_for_connection(80), server);

  engine.adopt(std::make_shared<const ListeningPorts>());
  EXPECT_EQ(flags_of_answer(80), reset);
}

}  // namespace
}  // namespace apiary
