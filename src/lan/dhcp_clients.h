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

/// A host with a leased address.
struct LeasedHost {
  InterfaceId interface;
  HostTemplatePtr host_template;  // not null
  MacAddress mac;
};

/// The hosts that get their addresses from a DHCP server. Each one's messages have its MAC address
/// and the options of its operating system.
class DhcpClients {
 public:
  /// Parts of the engine, which must outlive this object.
  struct Dependencies {
    const std::shared_ptr<const Honeynet>& honeynet;  // the current one
    PacketSender& outlet;
    std::span<const InterfaceSettings> interfaces;
    const HashKey& host_key;
  };
  DhcpClients(const Dependencies& around, Random random) : deps_(around), random_(random) {}

  /// Switches to the hosts of the current honeynet. Hosts that it still has keep their leases;
  /// others release them.
  void adopt(Instant now, Outbox& out);

  /// Handles a datagram from the MAC address `from` if it is for a DHCP client. Returns whether it
  /// was.
  bool handle(Instant now, InterfaceId interface, const MacAddress& from,
              const IpDatagram& datagram, Outbox& out);
  /// Detects other machines that have a host's address.
  void on_arp(Instant now, InterfaceId interface, const ArpMessage& message, Outbox& out);
  /// This machine has `addresses` now: hosts with leases for them request others.
  void leave_to_machine(Instant now, const AddressSet& addresses, Outbox& out);
  void on_time(Instant now, Outbox& out);
  Instant next_due() const;

  /// Releases all addresses.
  void release(Instant now, Outbox& out);

  /// The host with a lease for `address`; nullptr if there is none. Valid until the next call.
  const LeasedHost* find(const IpAddress& address) const {
    return leased_.empty() ? nullptr : find_leased(address);
  }
  /// Whether any host uses DHCP.
  bool empty() const { return clients_.empty(); }
  const AddressSet& addresses() const { return addresses_; }
  /// Increases with each change of addresses().
  std::uint64_t version() const { return version_; }
  std::vector<DhcpClientStatus> statuses() const;

 private:
  struct Client;
  class Actions;

  Client* find_client(const MacAddress& mac);
  const LeasedHost* find_leased(const IpAddress& address) const;
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
  std::vector<std::uint8_t> buffer_;  // the current message
};

/// The host name that a host without a configured name sends to servers, in the style of its
/// system; may be empty.
std::string generated_host_name(const DhcpQuirks& quirks, std::uint64_t seed);

/// Writes `message` with the options of a system in their order. Omits an empty `host_name`.
void emit_dhcp(const DhcpMessage& message, const DhcpQuirks& quirks, std::string_view host_name,
               std::vector<std::uint8_t>& target);

}  // namespace apiary
