#pragma once

#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/address_set.h"
#include "base/timing_wheel.h"
#include "honeynet/honeynet.h"
#include "host/outbox.h"
#include "host/packet_sender.h"
#include "lan/dhcp_client.h"
#include "telemetry/dhcp_client_status.h"

namespace apiary {

/// A machine that has the address a server leased it.
struct LeasedHost {
  InterfaceId interface;
  HostTemplatePtr host_template;  // not null
  MacAddress mac;
};

/// The hosts that ask a DHCP server for their addresses. Their messages leave with the MAC address
/// and in the words of each one's system.
class DhcpClients {
 public:
  /// What belongs to the engine around them.
  struct Dependencies {
    const std::shared_ptr<const Honeynet>& honeynet;  // the present one
    PacketSender& outlet;
    std::span<const InterfaceSettings> interfaces;
    const HashKey& host_key;
  };
  DhcpClients(const Dependencies& around, Random random) : deps_(around), random_(random) {}

  /// Goes over to the hosts of the present honeynet: those that it has, too, keep their leases, the
  /// others give theirs back.
  void adopt(Instant now, Outbox& out);

  /// Whether a datagram that came from `from` is for a DHCP client; if so it is done with.
  bool handle(Instant now, InterfaceId interface, const MacAddress& from,
              const IpDatagram& datagram, Outbox& out);
  /// Looks for other machines that have a host's address.
  void on_arp(Instant now, InterfaceId interface, const ArpMessage& message, Outbox& out);
  /// This machine has `addresses`: hosts that were leased them ask for others.
  void leave_to_machine(Instant now, const AddressSet& addresses, Outbox& out);
  void on_time(Instant now, Outbox& out);
  Instant next_due() const;

  /// Gives all addresses back.
  void release(Instant now, Outbox& out);

  /// The host that was leased `address`; nullptr: none was. Valid until the next call.
  const LeasedHost* find(const IpAddress& address) const;
  /// Whether there is any host that asks.
  bool empty() const { return clients_.empty(); }
  const AddressSet& addresses() const { return addresses_; }
  /// Grows with each change of addresses().
  std::uint64_t version() const { return version_; }
  std::vector<DhcpClientStatus> statuses() const;

 private:
  struct Client;
  class Actions;

  Client* find_client(const MacAddress& mac);
  void wake(Client& client);
  void send(Instant now, Client& client, const DhcpMessage& message, const IpAddress& from,
            const Lease* to);

  const Dependencies deps_;
  Random random_;
  std::vector<std::shared_ptr<Client>> clients_;
  std::unordered_map<std::uint64_t, Client*> by_mac_;
  std::unordered_map<IpAddress, LeasedHost> leased_;
  AddressSet addresses_;
  std::uint64_t version_ = 0;
  TimingWheel<std::weak_ptr<Client>> deadlines_;
  std::vector<std::uint8_t> buffer_;  // the message being made
};

/// What a host without a name calls itself to servers, as its system would have it; may be empty.
std::string made_up_name(const DhcpQuirks& quirks, std::uint64_t seed);

/// Writes `message` in the words of a system: its options in their order. An empty `host_name` is
/// not sent.
void emit_dhcp(const DhcpMessage& message, const DhcpQuirks& quirks, std::string_view host_name,
               std::vector<std::uint8_t>& target);

}  // namespace apiary
