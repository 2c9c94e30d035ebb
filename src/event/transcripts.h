#pragma once

#include <tsl/robin_map.h>

#include <deque>

#include "base/flow_hash.h"
#include "base/lru_map.h"
#include "event/event.h"
#include "session/session.h"

namespace apiary {

/// Collects the bytes of open conversations into pieces, one event each: bytes of one side until
/// the other side sends, a second has passed, or the piece is full. Only the first bytes of each
/// side are reported.
class Transcripts {
 public:
  static constexpr std::size_t max_transcript_bytes = 65'536;  // of each side
  static constexpr std::size_t piece_bytes = 4'096;
  static constexpr Duration patience = seconds{1};
  // Conversations in the table: about 200 bytes each, plus their pending pieces.
  static constexpr std::size_t max_conversations = 65'536;

  explicit Transcripts(const HashKey& hash_key) : flows_(max_conversations, FlowHash{hash_key}) {}

  using PendingEvents = std::vector<std::pair<Instant, EventBody>>;

  /// Whether the conversation is open.
  bool knows(const FlowKey& flow) { return flows_.find(flow) != nullptr; }
  /// A conversation begins; `start` is the ID of its FlowStart event.
  void begin(const FlowKey& flow, const EventId& start, PendingEvents& pending);
  /// From now on, `session` identifies its service.
  void name(SessionId session, const FlowKey& flow);
  void forget(SessionId session) { sessions_.erase(session); }

  void add(Instant at, const FlowKey& flow, bool from_visitor, Bytes bytes, PendingEvents& pending);
  void add(Instant at, SessionId session, bool from_visitor, Bytes bytes, PendingEvents& pending);

  /// Reports the pending piece of one side.
  void report_waiting(const FlowKey& flow, PendingEvents& pending);

  struct End {
    EventId start{};
    bool cut = false;  // not all bytes were reported
  };
  /// The conversation ended: reports its pending pieces.
  End end(const FlowKey& flow, PendingEvents& pending);
  /// The start of a conversation; zero if unknown.
  EventId start_of(const FlowKey& flow);

  void on_time(Instant now, PendingEvents& pending);
  Instant next_due() const { return waiting_.empty() ? Instant::max() : waiting_.front().first; }

 private:
  struct Flow {
    EventId start;
    SessionId session{};
    std::uint64_t sent[2]{};  // bytes of the host, of the visitor
    std::string piece{};      // not yet reported
    Instant piece_began{};
    std::uint64_t piece_offset = 0;
    bool piece_from_visitor = true;
  };
  void report_piece(const FlowKey& key, Flow& flow, PendingEvents& pending);

  LruMap<FlowKey, Flow, FlowHash> flows_;
  tsl::robin_map<SessionId, FlowKey> sessions_;      // of those in flows_
  std::deque<std::pair<Instant, FlowKey>> waiting_;  // the deadline for reporting their piece
};

}  // namespace apiary
