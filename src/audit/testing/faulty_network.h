#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "audit/honeynet_audit.h"
#include "wire/icmp.h"

namespace apiary {

/// A Prober that changes what is sent and heard, as if the hosts had faults.
class FaultyProber final : public Prober {
 public:
  using ChangeHeard = std::function<bool(Heard& heard)>;  // false: nobody hears it
  using ChangeSent = std::function<void(std::vector<std::uint8_t>& datagram)>;

  explicit FaultyProber(Prober& network) : network_(network) {}
  ChangeHeard change_heard{};
  ChangeSent change_sent{};

  IpAddress source() const override { return network_.source(); }
  Instant now() override { return network_.now(); }
  void send(Bytes datagram) override {
    std::vector<std::uint8_t> changed(datagram.begin(), datagram.end());
    if (change_sent) change_sent(changed);
    network_.send(changed);
  }
  void ask_mac(const IpAddress& target) override { network_.ask_mac(target); }
  void wait(Duration time) override { network_.wait(time); }
  std::vector<Heard> take() override {
    std::vector<Heard> heard;
    for (Heard& one : network_.take())
      if (!change_heard || change_heard(one)) heard.push_back(std::move(one));
    return heard;
  }

 private:
  Prober& network_;
};

/// Services that all say the same.
class SameWords final : public AuditServices {
 public:
  explicit SameWords(std::string words) : words_(std::move(words)) {}
  void execute(const ServiceCommand& command, Instant) override {
    if (const auto* opened = std::get_if<OpenSession>(&command)) opened_.push_back(opened->session);
    if (const auto* input = std::get_if<DeliverInput>(&command))
      consumed_.push_back({input->session, input->bytes.size()});
  }
  void take(const std::function<void(const ServiceMessage&)>& give) override {
    for (const SessionId session : std::exchange(opened_, {}))
      give(ServiceOutput{session, as_bytes(words_)});
    for (const InputConsumed& consumed : std::exchange(consumed_, {})) give(consumed);
  }

 private:
  std::string words_;
  std::vector<SessionId> opened_;
  std::vector<InputConsumed> consumed_;
};

/// A honeynet of a few hosts, each with a network card of its own and few open ports.
struct FaultyNetwork {
  HostTemplate machine{.name = "machine",
                       .personality = std::make_shared<const Personality>(generic_personality()),
                       .tcp_default = Reset{}};
  TopologySpec topology{};
  std::uint32_t hosts = 6;
  AuditServices* services = nullptr;

  FaultyNetwork() {
    machine.nic = std::make_shared<const NicProfile>(NicProfile{"card", {{0x00, 0x16, 0x3e}}, {}});
    machine.tcp_ports = {{Port{22}, std::make_shared<const ServiceSpec>(BuiltIn::discard)}};
  }

  HoneynetAudit audit() const {
    std::vector<HostMap::Binding> bindings;
    AddressSet addresses;
    const auto shared = std::make_shared<const HostTemplate>(machine);
    for (std::uint32_t i = 0; i < hosts; ++i) {
      const auto address = IpAddress::v4(IpAddress::v4(10, 0, 9, 10).v4_value() + i * 7);
      bindings.push_back({{address, address}, shared});
      addresses.add({address, address});
    }
    for (const EntryRoute& entry : topology.entries) addresses.add({entry.router, entry.router});
    auto built = Topology::build(topology);
    return {
        .subject = "test",
        .honeynet = std::make_shared<const Honeynet>(Honeynet::Parts{
            .topology = std::move(*built), .hosts = HostMap(bindings), .router_template = shared}),
        .addresses = addresses,
        .host_key = {1, 2},
        .start = Instant{seconds{1'700'000'000}},
        .runs_programs = true,
        .services = services};
  }
};

}  // namespace apiary
