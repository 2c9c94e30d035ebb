#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json_writer.h"
#include "control/daemon_interface.h"

namespace apiary {

/// The most entries that a report lists; it only counts the rest.
inline constexpr std::size_t max_report_entries = 500;

/// The state of the daemon, as text or as one JSON object; both end with a line end.
std::string status_text(const DaemonStatus& daemon);
std::string status_json(const DaemonStatus& daemon);
/// Writes the members of that object.
void write_status(JsonWriter& json, const DaemonStatus& daemon);

/// The bound hosts by ascending address, with template, personality and, for hosts with network
/// cards, MAC address. Takes some milliseconds for many hosts.
std::string hosts_text(const HostDirectory& directory);
std::string hosts_json(const HostDirectory& directory);

/// Selects bound hosts, for a list with pages and a search field.
struct HostQuery {
  std::size_t offset = 0, limit = 200;
  /// A network, or part of an address, a template's or a personality's name; empty: all.
  std::string text{};
  /// Only these, bound, leased or neither, in this order.
  std::optional<std::vector<IpAddress>> among{};
};
struct FoundHost {
  IpAddress address;
  std::string template_name, personality;
  std::optional<MacAddress> mac{};
};
struct FoundHosts {
  std::uint64_t total = 0;         // that match
  std::vector<FoundHost> hosts{};  // the page
};
/// By ascending address, unless `among` has another order. Searches only the first million hosts.
FoundHosts find_hosts(const HostDirectory& directory, const HostQuery& query);

/// The hosts with DHCP and their leases, at `now`.
std::string leases_text(const std::vector<DhcpClientStatus>& hosts, Instant now);
std::string leases_json(const std::vector<DhcpClientStatus>& hosts, Instant now);

/// The open conversations, the last active first.
std::string connections_text(const ConversationList& conversations);
std::string connections_json(const ConversationList& conversations);

}  // namespace apiary
