#include "event/transcripts.h"

#include <algorithm>
#include <utility>

namespace apiary {

void Transcripts::begin(const FlowKey& flow, const EventId& start, PendingEvents& pending) {
  if (knows(flow)) end(flow, pending);
  if (flows_.size() >= flows_.capacity()) end(FlowKey{*flows_.oldest().first}, pending);
  flows_.insert(flow, {.start = start});
}

void Transcripts::name(SessionId session, const FlowKey& key) {
  Flow* const flow = flows_.find(key);
  if (flow == nullptr) return;
  flow->session = session;
  sessions_[session] = key;
}

void Transcripts::add(Instant at, SessionId session, bool from_visitor, Bytes bytes,
                      PendingEvents& pending) {
  if (const auto found = sessions_.find(session); found != sessions_.end())
    add(at, found->second, from_visitor, bytes, pending);
}

void Transcripts::add(Instant at, const FlowKey& key, bool from_visitor, Bytes bytes,
                      PendingEvents& pending) {
  Flow* const flow = flows_.touch(key);
  if (flow == nullptr) return;
  if (flow->piece_from_visitor != from_visitor) report_piece(key, *flow, pending);
  std::uint64_t& sent = flow->sent[from_visitor];
  const std::uint64_t room =
      max_transcript_bytes - std::min<std::uint64_t>(sent, max_transcript_bytes);
  const std::uint64_t unreported = bytes.size() - std::min<std::uint64_t>(bytes.size(), room);
  bytes = bytes.first(bytes.size() - unreported);
  while (!bytes.empty()) {
    if (flow->piece.empty()) {
      flow->piece_began = at;
      flow->piece_from_visitor = from_visitor;
      flow->piece_offset = sent;
      waiting_.emplace_back(at + patience, key);
    }
    const Bytes part = bytes.first(std::min(bytes.size(), piece_bytes - flow->piece.size()));
    flow->piece += as_text(part);
    sent += part.size();
    bytes = bytes.subspan(part.size());
    if (flow->piece.size() >= piece_bytes) report_piece(key, *flow, pending);
  }
  sent += unreported;
}

void Transcripts::report_piece(const FlowKey& key, Flow& flow, PendingEvents& pending) {
  if (flow.piece.empty()) return;
  pending.emplace_back(flow.piece_began, events::Payload{.flow = key,
                                                         .start = flow.start,
                                                         .from_visitor = flow.piece_from_visitor,
                                                         .offset = flow.piece_offset,
                                                         .bytes = std::exchange(flow.piece, {})});
}

void Transcripts::report_waiting(const FlowKey& key, PendingEvents& pending) {
  if (Flow* const flow = flows_.find(key); flow != nullptr) report_piece(key, *flow, pending);
}

Transcripts::End Transcripts::end(const FlowKey& key, PendingEvents& pending) {
  Flow* const flow = flows_.find(key);
  if (flow == nullptr) return {};
  report_piece(key, *flow, pending);
  const End end{flow->start, std::ranges::any_of(flow->sent, [](std::uint64_t sent) {
                  return sent > max_transcript_bytes;
                })};
  sessions_.erase(flow->session);
  flows_.erase(key);
  return end;
}

EventId Transcripts::start_of(const FlowKey& key) {
  const Flow* const flow = flows_.find(key);
  return flow == nullptr ? EventId{} : flow->start;
}

void Transcripts::on_time(Instant now, PendingEvents& pending) {
  while (!waiting_.empty() && waiting_.front().first <= now) {
    const auto [due, key] = waiting_.front();
    waiting_.pop_front();
    Flow* const flow = flows_.find(key);
    // Its piece may already be an event, and another one may have begun.
    if (flow != nullptr && flow->piece_began + patience <= due) report_piece(key, *flow, pending);
  }
}

}  // namespace apiary
