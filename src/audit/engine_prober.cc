#include "audit/engine_prober.h"

#include <algorithm>
#include <utility>

#include "wire/ethernet.h"

namespace apiary {
namespace {

constexpr MacAddress attacker_mac{{0x00, 0x16, 0x3e, 0x0a, 0x0b, 0x0c}};

/// An address that nobody is at.
IpAddress free_address(const AddressSet& claimed) {
  for (const IpAddress& address : {IpAddress::v4(198, 51, 100, 77), IpAddress::v4(203, 0, 113, 77),
                                   IpAddress::v4(192, 0, 2, 77)})
    if (!claimed.contains(address)) return address;
  return IpAddress::v4(9, 9, 9, 77);
}

}  // namespace

EngineProber::EngineProber(const std::shared_ptr<const Honeynet>& honeynet,
                           const EngineSettings& settings, Instant start, AuditServices* services)
    : engine_(honeynet, settings),
      services_(services),
      has_routers_(!honeynet->topology().empty()),
      source_(free_address(settings.claimed)),
      now_(start) {
  engine_.on_time(now_, out_);
  collect();
}

void EngineProber::send(Bytes datagram) {
  const auto target = parse_ip(datagram);
  receive(datagram, EtherType::ipv4, target ? next_hop(target->destination) : audited_mac);
}

void EngineProber::ask_mac(const IpAddress& target) {
  if (has_routers_) return;
  std::vector<std::uint8_t> message(arp_size_bytes);
  emit_arp({.operation = ArpOperation::request,
            .sender_mac = attacker_mac,
            .sender_ip = source_,
            .target_mac = {},
            .target_ip = target},
           message);
  receive(message, EtherType::arp, broadcast_mac);
}

MacAddress EngineProber::next_hop(const IpAddress& target) {
  const auto found = neighbours_.find(target);
  return found == neighbours_.end() ? audited_mac : found->second;
}

void EngineProber::receive(Bytes content, EtherType type, const MacAddress& to) {
  std::vector<std::uint8_t> frame(sizeof(wire::EthernetHeader));
  wire::write(wire::EthernetHeader{to, attacker_mac, static_cast<std::uint16_t>(type)}, frame);
  frame.insert(frame.end(), content.begin(), content.end());
  engine_.on_frame(now_, {}, {frame}, out_);
  collect();
}

void EngineProber::wait(Duration time) {
  const Instant end = now_ + time;
  for (Instant next = engine_.next_deadline(); next <= end; next = engine_.next_deadline()) {
    now_ = std::max(now_, next);
    engine_.on_time(now_, out_);
    collect();
  }
  now_ = end;
}

std::vector<Heard> EngineProber::take() { return std::exchange(heard_, {}); }

void EngineProber::collect() {
  // A message of a service makes the engine send, and ask for more.
  bool is_done = false;
  while (!is_done) {
    for (const Packet& packet : out_.packets) {
      auto heard = hear(now_, packet.bytes(), LinkLayer::ethernet);
      if (!heard) continue;
      if (const ArpMessage* arp = heard->arp();
          arp != nullptr && arp->operation == ArpOperation::reply)
        neighbours_[arp->sender_ip] = arp->sender_mac;
      heard_.push_back(std::move(*heard));
    }
    if (services_ != nullptr)
      for (const ServiceCommand& command : out_.services) services_->execute(command, now_);
    out_.clear();
    is_done = true;
    if (services_ != nullptr)
      services_->take([&](const ServiceMessage& message) {
        engine_.on_service(now_, message, out_);
        is_done = false;
      });
  }
}

}  // namespace apiary
