#include "lan/dhcp_clients.h"

#include <algorithm>
#include <utility>

#include "wire/udp.h"

namespace apiary {
namespace {

std::uint64_t number_of(const MacAddress& mac) {
  std::uint64_t number = 0;
  for (const std::uint8_t byte : mac.bytes) number = number << 8 | byte;
  return number;
}

}  // namespace

struct DhcpClients::Client : std::enable_shared_from_this<Client> {
  Client(const DhcpHost& h, InterfaceId i, const MacAddress& mac, Instant now, Random& random)
      : host(h), interface(i), machine(mac, now, random) {}
  DhcpHost host;
  InterfaceId interface;
  DhcpClient machine;
  Instant queued = Instant::max();  // its entry in deadlines_

  const Personality& personality() const {
    return *machine_on_link(*host.host_template).personality;
  }
};

/// The effects of one client at one time.
class DhcpClients::Actions final : public DhcpActions {
 public:
  Actions(DhcpClients& hosts, Client& client, Instant now, Outbox& out)
      : hosts_(hosts), client_(client), now_(now), out_(out) {}
  ~Actions() override { hosts_.wake(client_); }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;

  void send(const DhcpMessage& message, const IpAddress& from, const Lease* to) override {
    hosts_.send(now_, client_, message, from, to);
  }
  void probe(const IpAddress& address) override { ask(IpAddress::v4(0), address); }
  void announce(const IpAddress& address) override { ask(address, address); }

  bool is_free(const IpAddress& address) override {
    const InterfaceSettings& on = hosts_.deps_.interfaces[client_.interface.index];
    const bool is_this_machines = std::ranges::any_of(
        on.networks, [&](const LinkNetwork& network) { return network.own == address; });
    const Honeynet& honeynet = *hosts_.deps_.honeynet;
    return !is_this_machines && hosts_.find(address) == nullptr &&
           honeynet.parts().hosts.find_single(address) == nullptr &&
           !honeynet.topology().is_router(address);
  }

  void gained(const Lease& lease) override {
    hosts_.leased_.insert_or_assign(
        lease.address,
        LeasedHost{client_.interface, client_.host.host_template, client_.machine.mac()});
    hosts_.addresses_.add(IpPrefix{lease.address, 32});
    ++hosts_.version_;
    out_.events.push_back(LeaseGained{now_, lease.address, client_.machine.mac(), lease.server,
                                      client_.host.host_template->name});
  }
  void lost(const Lease& lease, std::string_view why) override {
    const auto known = hosts_.leased_.find(lease.address);
    if (known != hosts_.leased_.end() && known->second.mac == client_.machine.mac()) {
      hosts_.leased_.erase(known);
      hosts_.addresses_.remove(lease.address);
      ++hosts_.version_;
    }
    out_.events.push_back(LeaseLost{now_, lease.address, client_.machine.mac(),
                                    client_.host.host_template->name, std::string(why)});
  }

 private:
  void ask(const IpAddress& from, const IpAddress& about) {
    const MacAddress& mac = client_.machine.mac();
    hosts_.deps_.outlet.send_arp(now_, client_.interface, mac, broadcast_mac,
                                 {.operation = ArpOperation::request,
                                  .sender_mac = mac,
                                  .sender_ip = from,
                                  .target_mac = {},
                                  .target_ip = about});
  }

  DhcpClients& hosts_;
  Client& client_;
  Instant now_;
  Outbox& out_;
};

void DhcpClients::adopt(Instant now, Outbox& out) {
  std::vector<std::shared_ptr<Client>> kept;
  std::unordered_map<std::uint64_t, Client*> by_mac;
  for (const DhcpHost& host : deps_.honeynet->parts().dhcp) {
    const auto on = std::ranges::find(deps_.interfaces, host.interface, &InterfaceSettings::name);
    if (on == deps_.interfaces.end() || on->link_layer != LinkLayer::ethernet) continue;
    const MacAddress mac = mac_address(host, on->mac, deps_.host_key);
    if (by_mac.contains(number_of(mac))) continue;
    const InterfaceId id{static_cast<std::uint8_t>(on - deps_.interfaces.begin())};
    const auto known = std::ranges::find_if(clients_, [&](const std::shared_ptr<Client>& client) {
      return client != nullptr && client->machine.mac() == mac && client->interface == id;
    });
    std::shared_ptr<Client> client;
    if (known != clients_.end()) {
      client = std::move(*known);
      client->host = host;
      if (const Lease* const lease = client->machine.lease())
        leased_.at(lease->address).host_template = host.host_template;
    } else {
      client = std::make_shared<Client>(host, id, mac, now, random_);
      wake(*client);
    }
    by_mac.emplace(number_of(mac), client.get());
    kept.push_back(std::move(client));
  }
  for (const std::shared_ptr<Client>& client : clients_)
    if (client != nullptr) {
      Actions actions(*this, *client, now, out);
      client->machine.release(actions, "the configuration has the host no more");
    }
  clients_ = std::move(kept);
  by_mac_ = std::move(by_mac);
}

bool DhcpClients::handle(Instant now, InterfaceId interface, const MacAddress& from,
                         const IpDatagram& datagram, Outbox& out) {
  if (clients_.empty() || !datagram.is(IpProtocol::udp) || datagram.is_fragment()) return false;
  const auto udp = parse_udp(datagram.payload);
  if (!udp || udp->destination_port != dhcp_client_port || udp->source_port != dhcp_server_port)
    return false;
  const auto message = parse_dhcp(udp->payload);
  Client* const client = message ? find_client(message->client_mac) : nullptr;
  if (client == nullptr || client->interface != interface) return false;
  Actions actions(*this, *client, now, out);
  client->machine.on_message(now, *message, from, random_, actions);
  return true;
}

void DhcpClients::on_arp(Instant now, InterfaceId interface, const ArpMessage& message,
                         Outbox& out) {
  if (clients_.empty()) return;
  const bool is_probe =
      message.operation == ArpOperation::request && message.sender_ip.is_unspecified();
  const IpAddress& address = is_probe ? message.target_ip : message.sender_ip;
  for (const std::shared_ptr<Client>& client : clients_) {
    if (client->interface != interface || client->machine.address() != address ||
        client->machine.mac() == message.sender_mac)
      continue;
    Actions actions(*this, *client, now, out);
    client->machine.on_conflict(now, is_probe, random_, actions);
  }
}

void DhcpClients::leave_to_machine(Instant now, const AddressSet& addresses, Outbox& out) {
  for (const std::shared_ptr<Client>& client : clients_) {
    if (!addresses.contains(client->machine.address())) continue;
    Actions actions(*this, *client, now, out);
    client->machine.leave_to_machine(now, random_, actions);
  }
}

void DhcpClients::on_time(Instant now, Outbox& out) {
  while (deadlines_.next_due() <= now) {
    const std::shared_ptr<Client> client = deadlines_.pop().lock();
    if (client == nullptr || client->machine.next_due() > now) continue;
    client->queued = Instant::max();
    Actions actions(*this, *client, now, out);
    client->machine.on_time(now, random_, actions);
  }
}

Instant DhcpClients::next_due() const { return deadlines_.next_due(); }

void DhcpClients::release(Instant now, Outbox& out) {
  for (const std::shared_ptr<Client>& client : clients_) {
    Actions actions(*this, *client, now, out);
    client->machine.release(actions, "given back");
  }
}

const LeasedHost* DhcpClients::find_leased(const IpAddress& address) const {
  const auto known = leased_.find(address);
  return known == leased_.end() ? nullptr : &known->second;
}

std::vector<DhcpClientStatus> DhcpClients::statuses() const {
  std::vector<DhcpClientStatus> statuses;
  for (const std::shared_ptr<Client>& client : clients_) {
    const Lease* const lease = client->machine.lease();
    statuses.push_back({.interface = client->host.interface,
                        .template_name = client->host.host_template->name,
                        .personality = client->personality().name,
                        .state = std::string(to_string(client->machine.state())),
                        .mac = client->machine.mac(),
                        .lease = {}});
    if (lease != nullptr) statuses.back().lease = {lease->address, lease->server, lease->expire};
  }
  return statuses;
}

DhcpClients::Client* DhcpClients::find_client(const MacAddress& mac) {
  const auto known = by_mac_.find(number_of(mac));
  return known == by_mac_.end() ? nullptr : known->second;
}

/// Schedules the client for on_time() when it is due next. Its previous entry becomes void.
void DhcpClients::wake(Client& client) {
  const Instant due = client.machine.next_due();
  if (std::exchange(client.queued, due) != due && due != Instant::max())
    deadlines_.push(due, client.weak_from_this());
}

void DhcpClients::send(Instant now, Client& client, const DhcpMessage& message,
                       const IpAddress& from, const Lease* to) {
  const DhcpQuirks& quirks = client.personality().dhcp;
  const MacAddress& mac = client.machine.mac();
  const std::string& name = machine_on_link(*client.host.host_template).host_name;
  const std::uint64_t name_seed = mix_bits(keyed_hash(deps_.host_key, mac.bytes));
  emit_dhcp(message, quirks, name.empty() ? generated_host_name(quirks, name_seed) : name, buffer_);
  const ReplyRoute way{
      .exit = {client.interface, to == nullptr ? broadcast_mac : to->server_mac, mac},
      .departs = now};
  deps_.outlet.send_udp(way,
                        {.source = from,
                         .destination = to == nullptr ? IpAddress::v4(0xffffffff) : to->server,
                         .protocol = static_cast<std::uint8_t>(IpProtocol::udp),
                         .hop_limit = quirks.ttl,
                         .traffic_class = quirks.type_of_service,
                         .identification = static_cast<std::uint16_t>(random_.next())},
                        dhcp_client_port, dhcp_server_port, buffer_);
}

}  // namespace apiary
