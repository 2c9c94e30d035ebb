#pragma once

#include <functional>
#include <span>

#include "event/contact_tracker.h"
#include "event/credential_note.h"
#include "event/rate_cap.h"
#include "event/transcripts.h"
#include "telemetry/counters.h"

namespace apiary {

/// Aggregates notifications of the engine, the services and the daemon into events, which the
/// caller passes on.
class EventAggregator {
 public:
  struct Settings {
    std::uint64_t daemon = 0;        // random, for EventIds
    std::size_t udp_flows = 65'536;  // capacity of the engine, as in Limits
    HashKey hash_key{};              // random: visitors choose the keys of the tables
    EventKinds wanted = EventKinds::all().without({EventKind::packet});
    // The template of the host that a visitor contacts; empty if there is none.
    std::function<std::string(const FlowKey&, Instant)> template_of;
  };
  /// Minimum interval between two events about limits.
  static constexpr Duration limits_interval = seconds{10};

  // UDP conversations per second with events of their own; their source addresses may be forged.
  // The others only have a contact event and are counted.
  static constexpr std::size_t datagram_flows_per_second = 500;
  // TCP conversations per second with events of their own; the others are counted, and their
  // content is left out. A telescope of 16 million addresses has fewer; a flood of complete
  // handshakes makes 50,000, which would displace everything else in the log.
  static constexpr std::size_t stream_flows_per_second = 5'000;

  explicit EventAggregator(Settings settings);

  /// The kinds of events to emit from now on.
  void want(EventKinds kinds) { settings_.wanted = kinds; }

  /// The notifications of one turn of the loop.
  struct Turn {
    std::span<const EngineEvent> events;
    std::span<const ServiceCommand> commands;
    std::span<const ServiceMessage> messages;  // to services; commands may answer them
  };
  void on_turn(Instant now, const Turn& turn);
  void on_note(Instant now, const ServiceNote& note);
  /// Emits events about limits that were reached since the last call.
  void on_counters(Instant now, const Counters& counters);
  void emit(Instant at, EventBody what);
  void on_time(Instant now);
  /// The next time that on_time() has something to do; Instant::max(): never.
  Instant next_due();
  /// Emits the last events.
  void finish(Instant now);

  std::size_t waiting() const { return events_.size(); }
  std::vector<Event> take() { return std::exchange(events_, {}); }

 private:
  /// A conversation with a service, for the service's notes, which may arrive after its end.
  struct Served {
    EventId start;
    bool is_other_protocol = false;  // the supposed login is another protocol's
  };
  static constexpr std::size_t max_served = 65'536;  // about 60 bytes each
  static constexpr std::size_t max_outbound = 4'096;

  void on_event(const EngineEvent& event);
  void on_open(const OpenSession& open);
  void on_credential(Instant now, const ServiceNote& note, const EventId& start, Served* served,
                     TriedCredential tried);
  RateCap& allowance_of(const FlowKey& flow) {
    return flow.protocol == IpProtocol::udp ? datagram_flows_ : stream_flows_;
  }
  void on_opened(const FlowOpened& opened);
  void on_closed(const FlowClosed& closed);
  void flush_pending();
  void push(const EventId& id, Instant at, EventBody what);

  Settings settings_;
  EventIds ids_;
  ContactTracker contacts_;
  Transcripts transcripts_;
  RateCap datagram_flows_{"udp_conversations_per_second", "UDP conversations in a second",
                          datagram_flows_per_second};
  RateCap stream_flows_{"tcp_conversations_per_second", "TCP conversations in a second",
                        stream_flows_per_second};
  LruMap<SessionId, Served> served_{max_served};
  LruMap<FlowKey, bool, FlowHash> unreported_;          // open UDP flows
  LruMap<FlowKey, bool, FlowHash> outbound_;            // that hosts began, the last ones
  std::vector<std::pair<Instant, EventBody>> pending_;  // without an ID
  std::vector<FlowClosed> closed_;                      // in this turn
  Counters limits_emitted_;
  Instant limits_emitted_at_{};
  std::vector<Event> events_;
};

}  // namespace apiary
