#pragma once

#include <functional>
#include <span>

#include "event/contact_tracker.h"
#include "event/credential_note.h"
#include "event/rate_cap.h"
#include "event/transcripts.h"
#include "telemetry/counters.h"

namespace apiary {

/// Makes events of all that an engine, its services and the daemon have to tell. Its caller takes
/// them and hands them on.
class EventAggregator {
 public:
  struct Settings {
    std::uint64_t daemon = 0;        // random, for EventIds
    std::size_t udp_flows = 65'536;  // that an engine may have at a time, as Limits says
    HashKey hash_key{};              // random: strangers choose what is remembered here
    EventKinds wanted = EventKinds::all().without({EventKind::packet});
    // The template of the host that a visitor speaks to; empty when there is none.
    std::function<std::string(const FlowKey&, Instant)> template_of;
  };
  /// So often, at most, a limit is told.
  static constexpr Duration limits_telling_time = seconds{10};

  // Conversations of UDP told in a second, whose visitors need not be where they say. Of those
  // beyond only the contact is told, and their number.
  static constexpr std::size_t datagram_flows_per_second = 500;
  // Conversations of TCP told in a second: of those beyond their beginning is counted, and their
  // content left out. A telescope of 16 million addresses sees fewer; a flood of whole handshakes
  // makes 50,000, which would push all else out of the log.
  static constexpr std::size_t stream_flows_per_second = 5'000;

  explicit EventAggregator(Settings settings);

  /// What is to be told from now on.
  void want(EventKinds kinds) { settings_.wanted = kinds; }

  /// What went through the loop in one turn.
  struct Turn {
    std::span<const EngineEvent> events;
    std::span<const ServiceCommand> commands;
    std::span<const ServiceMessage> messages;  // that the commands may answer
  };
  void on_turn(Instant now, const Turn& turn);
  void on_note(Instant now, const ServiceNote& note);
  /// Looks for limits that were reached since the last call.
  void on_counters(Instant now, const Counters& counters);
  void tell(Instant at, EventBody what);
  void on_time(Instant now);
  /// When on_time() next has something to do; Instant::max() when never.
  Instant next_due();
  /// Tells what there is still to tell: all is over.
  void finish(Instant now);

  std::size_t waiting() const { return events_.size(); }
  std::vector<Event> take() { return std::exchange(events_, {}); }

 private:
  /// A conversation with a service, for what the service says of it, perhaps when it is over.
  struct Served {
    EventId start;
    bool is_other_protocol = false;  // what was noted as a login is of another protocol
  };
  static constexpr std::size_t max_served = 65'536;  // about 60 bytes each

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

  Settings settings_;
  EventIds ids_;
  ContactTracker contacts_;
  Transcripts transcripts_;
  RateCap datagram_flows_{"udp_conversations_per_second", "UDP conversations in a second",
                          datagram_flows_per_second};
  RateCap stream_flows_{"tcp_conversations_per_second", "TCP conversations in a second",
                        stream_flows_per_second};
  LruMap<SessionId, Served> served_{max_served};
  LruMap<FlowKey, bool, FlowHash> untold_;              // of UDP, under way
  std::vector<std::pair<Instant, EventBody>> pending_;  // not yet events
  std::vector<FlowClosed> closed_;                      // in this turn
  Counters limits_told_;
  Instant limits_told_at_{};
  std::vector<Event> events_;
};

}  // namespace apiary
