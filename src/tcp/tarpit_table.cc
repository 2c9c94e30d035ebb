#include "tcp/tarpit_table.h"

#include <algorithm>

namespace apiary {
namespace {

constexpr std::uint16_t tiny_window = 10;  // LaBrea's

std::uint32_t whole_seconds(Instant now) {
  return static_cast<std::uint32_t>(
      std::chrono::duration_cast<seconds>(now.time_since_epoch()).count());
}

}  // namespace

void TarpitTable::open(HostContext& host, ProbeReceived probe, const TcpSegment& syn) {
  auto syn_ack = answer_syn(host.personality(), host.stack(), syn, host.now);
  if (!syn_ack || (syn_ack->reply.flags & tcp_flag::syn) == 0) {
    host.emit(probe);
    if (!syn_ack) return host.drop(DropReason::silent_personality);
    return host.send(probe.flow, syn_ack->reply);
  }
  probe.type = ProbeType::handshake_begun;
  host.emit(probe);
  make_room(host);
  const std::uint32_t slot = add(probe.flow, host.host_template);
  slots_[slot].next = syn.sequence + 1;
  slots_[slot].initial = syn_ack->reply.sequence;
  touch(host.now, slot, opening);
  syn_ack->reply.window = tiny_window;
  host.send(probe.flow, syn_ack->reply);
}

/// Never acknowledges a FIN, and of data only the first window. RFC 9293 section 3.8.6.1 allows a
/// window to stay closed, and the visitor has to keep sending probes.
void TarpitTable::handle(HostContext& host, const FlowKey& flow, const TcpSegment& segment) {
  const std::uint32_t at = find(flow);
  Slot& slot = slots_[at];
  if (segment.has(tcp_flag::rst)) {
    if (segment.sequence != slot.next) return host.drop(DropReason::duplicate_or_stray);
    return remove(host.now, at, FlowEndReason::reset_by_peer, host.out);
  }
  if (segment.has(tcp_flag::syn)) return answer(host, flow, slot);
  if (!segment.has(tcp_flag::ack) || segment.acknowledgment != slot.initial + 1)
    return host.drop(DropReason::duplicate_or_stray);
  if (slot.list == opening) {
    slot.answered = whole_seconds(host.now);
    const VisitorSystems::Visitor visitor = host.systems.known(flow.remote.address, host.now);
    host.emit(FlowOpened{.at = host.now,
                         .flow = flow,
                         .template_name = host.host_template->name,
                         .visitor_system = visitor.system,
                         .visitor_syn = visitor.syn});
  }
  touch(host.now, at, opened);
  if (segment.length() == 0 && segment.sequence == slot.next) return;  // needs no answer
  if (segment.sequence == slot.next) {
    const std::size_t room = static_cast<std::size_t>(tiny_window - slot.received_bytes);
    const std::size_t taken = std::min(segment.payload.size(), room);
    if (taken > 0)
      host.emit(PayloadReceived{host.now, flow, host.out.bytes.copy(segment.payload.first(taken))});
    slot.received_bytes = (slot.received_bytes + taken) & 63;
    slot.next = slot.next + static_cast<std::uint32_t>(taken);
  }
  answer(host, flow, slot);
}

/// Acknowledges with a closed window; retransmits the SYN/ACK until the handshake is complete.
void TarpitTable::answer(HostContext& host, const FlowKey& flow, const Slot& slot) const {
  const bool is_open = slot.list == opened;
  host.send(flow, {.ip = shape_connection(host.personality(), host.stack(), host.now),
                   .sequence = is_open ? slot.initial + 1 : slot.initial,
                   .acknowledgment = slot.next,
                   .flags = is_open ? tcp_flag::ack
                                    : static_cast<std::uint8_t>(tcp_flag::syn | tcp_flag::ack),
                   .window = is_open ? std::uint16_t{0} : tiny_window});
}

void TarpitTable::make_room(HostContext& host) {
  const bool full = size() >= limits_.tarpit_connections;
  if (ages_[opening].size() < limits_.half_open_connections && !full) return;
  host.drop(DropReason::connection_limit);
  ++evictions_;
  const LruList& list = ages_[opening].size() > 0 ? ages_[opening] : ages_[opened];
  remove(host.now, list.oldest(), FlowEndReason::evicted, host.out);
}

std::uint32_t TarpitTable::add(const FlowKey& flow, const HostTemplatePtr& host_template) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  slots_[slot] = {.remote = flow.remote,
                  .local = flow.local,
                  .template_index = templates_.add_user(host_template).index & 0xffffff};
  index_.insert(flow, slot);
  ages_[opening].add(slot, links());
  return slot;
}

void TarpitTable::touch(Instant now, std::uint32_t slot, std::size_t list) {
  Slot& s = slots_[slot];
  ages_[s.list].remove(slot, links());
  s.list = list & 3;
  s.last_segment = whole_seconds(now);
  ages_[list].add(slot, links());
}

void TarpitTable::remove(Instant now, std::uint32_t slot, FlowEndReason how, Outbox& out) {
  const Slot& s = slots_[slot];
  const FlowKey flow = flow_of(s);
  if (s.list == opened)
    out.events.push_back(FlowClosed{.at = now,
                                    .flow = flow,
                                    .opened = Instant{seconds{s.answered}},
                                    .received_bytes = s.received_bytes,
                                    .end = how});
  templates_.remove_user(templates_.at(s.template_index));
  ages_[s.list].remove(slot, links());
  index_.erase(flow, slot);
  free_.push_back(slot);
}

Instant TarpitTable::end_of(std::uint32_t slot) const {
  const Slot& s = slots_[slot];
  return Instant{seconds{s.last_segment}} +
         (s.list == opened ? limits_.tarpit_idle_time : limits_.tarpit_opening_time);
}

void TarpitTable::on_time(Instant now, Outbox& out) {
  for (const LruList& list : ages_)
    while (list.oldest() != none && end_of(list.oldest()) <= now)
      remove(now, list.oldest(), FlowEndReason::timed_out, out);
}

Instant TarpitTable::next_due() const {
  Instant due = Instant::max();
  for (const LruList& list : ages_)
    if (list.oldest() != none) due = std::min(due, end_of(list.oldest()));
  return due;
}

std::vector<Conversation> TarpitTable::latest(std::size_t limit) const {
  std::vector<Conversation> found;
  for (std::uint32_t at = ages_[opened].youngest(); at != none && limit > 0;
       at = slots_[at].links.older, --limit)
    found.push_back({flow_of(slots_[at]), "TARPIT", template_of(slots_[at])->name,
                     slots_[at].received_bytes, 0, Instant{seconds{slots_[at].last_segment}}});
  return found;
}

}  // namespace apiary
