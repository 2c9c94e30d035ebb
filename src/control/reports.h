#pragma once

#include <optional>
#include <string>
#include <vector>

#include "control/daemon_interface.h"

namespace apiary {

/// The most entries that a report lists; of the rest it gives the number.
inline constexpr std::size_t max_report_entries = 500;

/// How the daemon is, for reading or as one JSON object; both end their last line.
std::string status_text(const DaemonStatus& daemon);
std::string status_json(const DaemonStatus& daemon);

/// The bound hosts by ascending address, with template, personality and the MAC address that a host
/// with a card of its own has. Takes some milliseconds when they are many.
std::string hosts_text(const HostDirectory& directory);
std::string hosts_json(const HostDirectory& directory);

/// Some of the bound hosts, for a list in which one leafs and searches.
struct HostQuery {
  std::size_t offset = 0, limit = 200;
  /// A network, or part of an address, a template's or a personality's name; empty: all.
  std::string text{};
  /// Only these, bound, leased or neither, in this order.
  std::optional<std::vector<IpAddress>> among{};
};
/// `{"total":N,"hosts":[...]}` by ascending address, unless `among` has another order. Of more
/// hosts than a million, only the first are searched.
std::string found_hosts_json(const HostDirectory& directory, const HostQuery& query);

/// The hosts with DHCP and their leases, at `now`.
std::string leases_text(const std::vector<DhcpClientStatus>& hosts, Instant now);
std::string leases_json(const std::vector<DhcpClientStatus>& hosts, Instant now);

/// The conversations under way, those spoken in last first.
std::string connections_text(const ConversationList& conversations);
std::string connections_json(const ConversationList& conversations);

}  // namespace apiary
