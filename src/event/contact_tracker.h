#pragma once

#include <memory>
#include <vector>

#include "base/flow_hash.h"
#include "base/lru_map.h"
#include "event/rate_cap.h"

namespace apiary {

/// Aggregates the packets that belong to no conversation. The first from a source to a host is a
/// contact and reported immediately; later ones are counted and reported when the source has been
/// silent. A source that contacts many hosts or ports is a scan: from then on, its packets are
/// reported as one, and take no place in the table of contacts.
///
/// In a flood, what has no event takes no place either: a packet beyond `contacts_per_second` from
/// an unknown source is only counted. So forged sources displace no others.
class ContactTracker {
 public:
  static constexpr Duration quiet_time = seconds{10};
  // Interval of events about a continuing scan.
  static constexpr Duration scan_telling_time = minutes{1};
  // A source that contacts more hosts or ports than this is scanning.
  static constexpr std::size_t max_hosts = 10, max_ports = 20;
  // Contact events per second, and so new sources and pairs. A flood with random sources would
  // cause one for each packet. Conversations are exempt.
  static constexpr std::size_t contacts_per_second = 2'000;

  struct Capacity {
    std::size_t contacts = 65'536;  // pairs of source and host: about 100 bytes each
    std::size_t sources = 16'384;   // about 200 bytes each
    std::size_t port_sets = 1'024;  // of scanning sources: 8 KiB each
    std::size_t host_sets = 4'096;  // of sources of more than a few hosts: 8 KiB each
  };
  /// Events that the caller gives IDs and emits.
  using PendingEvents = std::vector<std::pair<Instant, EventBody>>;

  explicit ContactTracker(const HashKey& hash_key) : ContactTracker(hash_key, Capacity{}) {}
  ContactTracker(const HashKey& hash_key, Capacity capacity)
      : contacts_(capacity.contacts, PairHash{{hash_key}}),
        hash_{hash_key},
        sources_(capacity.sources, hash_),
        host_places_{capacity.host_sets},
        port_sets_left_(capacity.port_sets) {}

  /// Adds a packet; appends its events, mostly none.
  void note(const ProbeReceived& probe, PendingEvents& pending);
  /// Notes that a conversation began, which counts as a contact of its host.
  void note(const FlowOpened& opened, PendingEvents& pending);
  /// Appends events about sources that are silent by now, and about continuing scans.
  void on_time(Instant now, PendingEvents& pending);
  /// When on_time() next has something to do; Instant::max() when never.
  Instant next_due();
  /// Appends the last events of all sources.
  void finish(Instant now, PendingEvents& pending);

 private:
  struct Pair {
    IpAddress source, host;
    bool operator==(const Pair&) const = default;
  };
  struct PairHash {
    FlowHash hash;
    std::size_t operator()(const Pair& pair) const noexcept {
      return hash({{pair.source, {}}, {pair.host, {}}, IpProtocol::tcp});
    }
  };
  struct Contact {
    Instant began{}, last{};
    PacketCounts packets{};
    std::uint32_t icmp_types = 0;  // reported ones, by bits; types from 32 on share one
  };
  /// The ports that a source contacted: a few by number, more as bits.
  struct Ports {
    std::vector<std::uint16_t> first;
    std::unique_ptr<std::vector<bool>> all;
    Distinct count{};
  };
  struct Source {
    Instant began{}, last{}, reported{};
    DistinctCounter hosts{};
    PacketCounts packets{};
    IpAddress lowest_host, highest_host;
    Ports ports{};
    bool is_scanning = false;
  };

  Source* known_source(const FlowKey& flow, Instant at);
  Source& add_source(const FlowKey& flow, Instant at, PendingEvents& pending);
  Contact* known_contact(const FlowKey& flow, Instant at);
  Contact& add_contact(const FlowKey& flow, Instant at, PendingEvents& pending);
  void note_host(Source& source, const IpAddress& host);
  void note_port(Source& source, std::uint16_t port);
  void note_scan(const IpAddress& address, Source& source, Instant at, PendingEvents& pending);
  void close_oldest_contact(PendingEvents& pending);
  void close_oldest_source(Instant now, PendingEvents& pending);
  void report_scan(const IpAddress& address, Source& source, Instant at, bool is_over,
                   PendingEvents& pending);

  LruMap<Pair, Contact, PairHash> contacts_;
  FlowHash hash_;
  LruMap<IpAddress, Source, FlowHash> sources_;
  DistinctCounter::Places host_places_;
  std::size_t port_sets_left_;
  std::vector<IpAddress> scans_;  // open scans; ended ones are removed when met
  Instant scans_due_ = Instant::max();
  RateCap allowance_{"contacts_per_second", "contacts in a second", contacts_per_second};
};

}  // namespace apiary
