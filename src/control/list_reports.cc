#include <fmt/format.h>

#include <algorithm>

#include "base/counted.h"
#include "control/json_text.h"
#include "control/reports.h"
#include "honeynet/nic_addresses.h"

namespace apiary {
namespace {

using Json = nlohmann::ordered_json;

/// Calls `visit` with the hosts that a report lists; returns the number of others.
template <class Visit>
std::uint64_t visit_hosts(const Honeynet& honeynet, Visit visit) {
  const HostMap& hosts = honeynet.parts().hosts;
  const AddressSet addresses = hosts.addresses();
  std::size_t shown = 0;
  for (const AddressRange& range : addresses.ranges())
    for (std::uint64_t value = range.first.v4_value();
         value <= range.last.v4_value() && shown < max_report_entries; ++value, ++shown) {
      const IpAddress address = IpAddress::v4(static_cast<std::uint32_t>(value));
      const HostTemplatePtr* const single = hosts.find_single(address);
      visit(address, single != nullptr ? **single : **hosts.find_range(address));
    }
  return addresses.size() - shown;
}

std::string rest_text(std::size_t rest) {
  return rest == 0 ? "" : fmt::format("and {} more\n", rest);
}

std::string list_json(std::string_view name, Json entries, std::size_t rest) {
  const Json list = {{name, std::move(entries)}, {"not_listed", rest}};
  return json_text(list) + "\n";
}

}  // namespace

std::string hosts_text(const HostDirectory& directory) {
  std::string text;
  const std::size_t rest = visit_hosts(
      *directory.honeynet, [&](const IpAddress& address, const HostTemplate& host_template) {
        const auto mac = nic_address(*directory.honeynet, address, directory.host_key);
        text += fmt::format("{:<15} {} \"{}\"{}\n", to_string(address), host_template.name,
                            host_template.personality->name, mac ? " " + to_string(*mac) : "");
      });
  return text + rest_text(rest);
}

std::string hosts_json(const HostDirectory& directory) {
  Json entries = Json::array();
  const std::size_t rest = visit_hosts(
      *directory.honeynet, [&](const IpAddress& address, const HostTemplate& host_template) {
        entries.push_back({{"address", to_string(address)},
                           {"template", host_template.name},
                           {"personality", host_template.personality->name}});
        if (const auto mac = nic_address(*directory.honeynet, address, directory.host_key))
          entries.back()["mac"] = to_string(*mac);
      });
  return list_json("hosts", std::move(entries), rest);
}

std::string leases_text(const std::vector<DhcpClientStatus>& hosts, Instant now) {
  std::string text;
  for (const DhcpClientStatus& host : hosts) {
    text += fmt::format("{:<15} {} \"{}\" {} on {}, {}",
                        host.lease ? to_string(host.lease->address) : "-", host.template_name,
                        host.personality, to_string(host.mac), host.interface, host.state);
    if (host.lease) text += fmt::format(", leased by {}", to_string(host.lease->server));
    if (host.lease && host.lease->expire != Instant::max())
      text += fmt::format(" for {:.0f} s more", in_seconds(host.lease->expire - now));
    text += '\n';
  }
  return text;
}

std::string leases_json(const std::vector<DhcpClientStatus>& hosts, Instant now) {
  Json entries = Json::array();
  for (const DhcpClientStatus& host : hosts) {
    entries.push_back({{"address", nullptr},
                       {"template", host.template_name},
                       {"personality", host.personality},
                       {"mac", to_string(host.mac)},
                       {"interface", host.interface},
                       {"state", host.state}});
    if (!host.lease) continue;
    entries.back()["address"] = to_string(host.lease->address);
    entries.back()["server"] = to_string(host.lease->server);
    if (host.lease->expire != Instant::max())
      entries.back()["seconds_left"] = in_seconds(host.lease->expire - now);
  }
  return list_json("leases", std::move(entries), 0);
}

std::string connections_text(const ConversationList& conversations) {
  std::string text;
  for (const Conversation& c : conversations.latest)
    text += fmt::format("{} {:<21} > {:<21} {:<12} {}, {} received, {} sent\n",
                        name_of(c.flow.protocol), to_string(c.flow.remote), to_string(c.flow.local),
                        c.state, c.template_name, counted(c.received_bytes, "byte"),
                        counted(c.sent_bytes, "byte"));
  return text + rest_text(conversations.total - conversations.latest.size());
}

std::string connections_json(const ConversationList& conversations) {
  Json entries = Json::array();
  for (const Conversation& c : conversations.latest)
    entries.push_back({{"protocol", name_of(c.flow.protocol)},
                       {"visitor", to_string(c.flow.remote)},
                       {"host", to_string(c.flow.local)},
                       {"state", c.state},
                       {"template", c.template_name},
                       {"received_bytes", c.received_bytes},
                       {"sent_bytes", c.sent_bytes}});
  return list_json("connections", std::move(entries),
                   conversations.total - conversations.latest.size());
}

}  // namespace apiary
