#pragma once

#include <array>
#include <string>
#include <vector>

#include "base/flow_hash.h"
#include "base/json_writer.h"
#include "base/lru_map.h"
#include "event/event.h"

namespace apiary {

/// Statistics of events: the most active sources, hosts, ports and credentials, and the event rates
/// of the last seconds. Bounded; evicts the entry silent for longest.
class Activity {
 public:
  static constexpr std::size_t max_sources = 65'536;  // about 400 bytes each
  // Sources with more than a few hosts: 8 KiB each.
  static constexpr std::size_t max_host_sets = 1'024;
  static constexpr std::size_t max_hosts = 65'536;
  static constexpr std::size_t max_credentials = 16'384;
  static constexpr std::size_t max_listed = 50;  // of each, the largest
  static constexpr std::size_t seconds_remembered = 900;

  Activity(const HashKey& hash_key, Instant now);

  void note(const Event& event);

  /// Appends the members since, events, rates, sources, ports, hosts and credentials, as
  /// docs/web.md describes them.
  void append_to(JsonWriter& json, Instant now) const;
  /// Appends the member `source`: an object, or null if the source is unknown.
  void append_source(JsonWriter& json, const IpAddress& address);

  /// Contacts of a host, and its last source.
  struct HostContacts {
    std::uint64_t count = 0;
    Instant last{};
    IpAddress last_source{};
  };
  /// Returns nullptr if no contact of `address` is in memory. Valid until the next note().
  const HostContacts* contacts_of(const IpAddress& address) { return hosts_.find(address); }
  /// The contacted hosts, the latest first.
  std::vector<IpAddress> contacted_hosts() const;

 private:
  struct Source {
    Instant first{}, last{};
    std::uint64_t events = 0, contacts = 0, flows = 0, credentials = 0;
    DistinctCounter hosts{};     // by events that name one
    Distinct scanned_hosts{};    // of its largest scan
    Instant scan_began{};        // the last one
    bool scanned_apart = false;  // its scans and contacts may have different hosts

    /// The number of different hosts that its events name.
    Distinct all_hosts() const;
  };
  struct CredentialUse {
    std::string user, password;
    std::uint64_t count = 0;
  };
  struct Second {
    std::int64_t at = 0;  // since 1970
    std::uint32_t events = 0, contacts = 0, flows = 0;
  };
  using PortCounts = std::array<std::uint32_t, 65'536>;

  void note_source(const Event& event, const IpAddress& address);
  Source& source_of(const IpAddress& address, Instant at);
  static void note_scan(Source& source, const events::Scan& scan);
  void note_target(const Event& event);
  void note_credential(const events::Credential& credential);
  Second& second_of(Instant at);
  static void append_source(JsonWriter& json, const IpAddress& address, const Source& source);
  void append_rates(JsonWriter& json, Instant now) const;
  void append_ports(JsonWriter& json) const;

  FlowHash hash_;
  Instant since_;
  std::uint64_t events_ = 0;
  std::array<Second, seconds_remembered> seconds_{};
  LruMap<IpAddress, Source, FlowHash> sources_;
  DistinctCounter::Places host_places_{max_host_sets};
  LruMap<IpAddress, HostContacts, FlowHash> hosts_;
  LruMap<std::uint64_t, CredentialUse> credentials_;  // by a keyed hash of both
  PortCounts tcp_ports_{}, udp_ports_{};
};

}  // namespace apiary
