#include "event/transcripts.h"

#include <algorithm>
#include <utility>

namespace apiary {

void Transcripts::begin(const FlowKey& flow, const EventId& start, Told& told) {
  if (knows(flow)) end(flow, told);
  if (flows_.size() >= flows_.capacity()) end(FlowKey{*flows_.oldest().first}, told);
  flows_.insert(flow, {.start = start});
}

void Transcripts::name(SessionId session, const FlowKey& key) {
  Flow* const flow = flows_.find(key);
  if (flow == nullptr) return;
  flow->session = session;
  sessions_[session] = key;
}

void Transcripts::say(Instant at, SessionId session, bool from_visitor, Bytes bytes, Told& told) {
  if (const auto found = sessions_.find(session); found != sessions_.end())
    say(at, found->second, from_visitor, bytes, told);
}

void Transcripts::say(Instant at, const FlowKey& key, bool from_visitor, Bytes bytes, Told& told) {
  Flow* const flow = flows_.touch(key);
  if (flow == nullptr) return;
  if (flow->piece_from_visitor != from_visitor) tell_piece(key, *flow, told);
  std::uint64_t& said = flow->said[from_visitor];
  const std::uint64_t room = told_bytes_at_most - std::min<std::uint64_t>(said, told_bytes_at_most);
  const std::uint64_t untold = bytes.size() - std::min<std::uint64_t>(bytes.size(), room);
  bytes = bytes.first(bytes.size() - untold);
  while (!bytes.empty()) {
    if (flow->piece.empty()) {
      flow->piece_began = at;
      flow->piece_from_visitor = from_visitor;
      flow->piece_offset = said;
      waiting_.emplace_back(at + patience, key);
    }
    const Bytes part = bytes.first(std::min(bytes.size(), piece_bytes - flow->piece.size()));
    flow->piece += as_text(part);
    said += part.size();
    bytes = bytes.subspan(part.size());
    if (flow->piece.size() >= piece_bytes) tell_piece(key, *flow, told);
  }
  said += untold;
}

void Transcripts::tell_piece(const FlowKey& key, Flow& flow, Told& told) {
  if (flow.piece.empty()) return;
  told.emplace_back(flow.piece_began, events::Payload{.flow = key,
                                                      .start = flow.start,
                                                      .from_visitor = flow.piece_from_visitor,
                                                      .offset = flow.piece_offset,
                                                      .bytes = std::exchange(flow.piece, {})});
}

void Transcripts::tell_waiting(const FlowKey& key, Told& told) {
  if (Flow* const flow = flows_.find(key); flow != nullptr) tell_piece(key, *flow, told);
}

Transcripts::End Transcripts::end(const FlowKey& key, Told& told) {
  Flow* const flow = flows_.find(key);
  if (flow == nullptr) return {};
  tell_piece(key, *flow, told);
  const End end{flow->start, std::ranges::any_of(flow->said, [](std::uint64_t said) {
                  return said > told_bytes_at_most;
                })};
  sessions_.erase(flow->session);
  flows_.erase(key);
  return end;
}

EventId Transcripts::start_of(const FlowKey& key) {
  const Flow* const flow = flows_.find(key);
  return flow == nullptr ? EventId{} : flow->start;
}

void Transcripts::on_time(Instant now, Told& told) {
  while (!waiting_.empty() && waiting_.front().first <= now) {
    const auto [due, key] = waiting_.front();
    waiting_.pop_front();
    Flow* const flow = flows_.find(key);
    // Its piece may have been told long since, and another one begun.
    if (flow != nullptr && flow->piece_began + patience <= due) tell_piece(key, *flow, told);
  }
}

}  // namespace apiary
