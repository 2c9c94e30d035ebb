#include <fmt/format.h>

#include <algorithm>

#include "base/counted.h"
#include "base/json_writer.h"
#include "control/reports.h"
#include "honeynet/nic_addresses.h"

namespace apiary {
namespace {

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

/// An object with an array of objects that `write_entries(json)` writes, and returns how many
/// entries it left out.
template <class Write>
std::string list_json(std::string_view name, Write write_entries) {
  return json_object_text([&](JsonWriter& json) {
           json.begin_array(name);
           const std::uint64_t rest = write_entries(json);
           json.end_array();
           json.member("not_listed", rest);
         }) +
         "\n";
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
  return list_json("hosts", [&](JsonWriter& json) {
    return visit_hosts(
        *directory.honeynet, [&](const IpAddress& address, const HostTemplate& host_template) {
          json.begin_object_element();
          json.member("address", to_string(address));
          json.member("template", host_template.name);
          json.member("personality", host_template.personality->name);
          if (const auto mac = nic_address(*directory.honeynet, address, directory.host_key))
            json.member("mac", to_string(*mac));
          json.end_object();
        });
  });
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
  return list_json("leases", [&](JsonWriter& json) {
    for (const DhcpClientStatus& host : hosts) {
      json.begin_object_element();
      if (host.lease)
        json.member("address", to_string(host.lease->address));
      else
        json.null_member("address");
      json.member("template", host.template_name);
      json.member("personality", host.personality);
      json.member("mac", to_string(host.mac));
      json.member("interface", host.interface);
      json.member("state", host.state);
      if (host.lease) json.member("server", to_string(host.lease->server));
      if (host.lease && host.lease->expire != Instant::max())
        json.member("seconds_left", in_seconds(host.lease->expire - now));
      json.end_object();
    }
    return std::uint64_t{0};
  });
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
  return list_json("connections", [&](JsonWriter& json) {
    for (const Conversation& c : conversations.latest) {
      json.begin_object_element();
      json.member("protocol", name_of(c.flow.protocol));
      json.member("visitor", to_string(c.flow.remote));
      json.member("host", to_string(c.flow.local));
      json.member("state", c.state);
      json.member("template", c.template_name);
      json.member("received_bytes", c.received_bytes);
      json.member("sent_bytes", c.sent_bytes);
      json.end_object();
    }
    return conversations.total - conversations.latest.size();
  });
}

}  // namespace apiary
