#include "event/event_aggregator.h"

#include <algorithm>
#include <array>

#include "base/overloaded.h"
#include "event/other_protocol.h"
#include "passive/syn_signature.h"

namespace apiary {
namespace {

/// The drop reasons that mean that a limit was reached.
constexpr std::array limits = {DropReason::link_queue_full,  DropReason::icmp_rate_limit,
                               DropReason::would_amplify,    DropReason::no_buffer,
                               DropReason::reassembly_limit, DropReason::connection_limit,
                               DropReason::send_limit,       DropReason::broadcast_limit};

// Conversations that may begin in a turn before the end of those that they evicted is processed.
constexpr std::size_t opened_in_a_turn = 16'384;

}  // namespace

EventAggregator::EventAggregator(Settings settings)
    : settings_(std::move(settings)),
      ids_(settings_.daemon),
      contacts_(settings_.hash_key),
      transcripts_(settings_.hash_key),
      unreported_(settings_.udp_flows + opened_in_a_turn, FlowHash{settings_.hash_key}),
      outbound_(max_outbound, FlowHash{settings_.hash_key}) {}

void EventAggregator::emit(Instant at, EventBody what) {
  if (!settings_.wanted.contains(static_cast<EventKind>(what.index()))) return;
  push(ids_.next(at), at, std::move(what));
}

void EventAggregator::push(const EventId& id, Instant at, EventBody what) {
  Event& event = events_.emplace_back(Event{id, at, std::move(what)});
  if (outbound_.size() == 0) return;
  const FlowKey* const flow = flow_of(event);
  event.is_outbound = flow != nullptr && outbound_.find(*flow) != nullptr;
}

/// Makes events of the trackers' reports.
void EventAggregator::flush_pending() {
  for (auto& [at, what] : pending_) {
    if (auto* const contact = std::get_if<events::Contact>(&what))
      contact->template_name =
          settings_.template_of ? settings_.template_of(contact->flow, at) : "";
    emit(at, std::move(what));
  }
  pending_.clear();
}

void EventAggregator::on_turn(Instant now, const Turn& turn) {
  for (const EngineEvent& event : turn.events) on_event(event);
  // Services sent their messages before the commands of this turn.
  for (const ServiceMessage& message : turn.messages) {
    if (const auto* const said = std::get_if<ServiceOutput>(&message))
      transcripts_.add(now, said->session, false, said->bytes, pending_);
    else if (const auto* const failed = std::get_if<ServiceFailed>(&message))
      transcripts_.forget(failed->session);
  }
  for (const ServiceCommand& command : turn.commands) {
    if (const auto* const open = std::get_if<OpenSession>(&command))
      on_open(*open);
    else if (const auto* const input = std::get_if<DeliverInput>(&command))
      transcripts_.add(now, input->session, true, input->bytes, pending_);
    else if (const auto* const close = std::get_if<CloseSession>(&command))
      transcripts_.forget(close->session);
  }
  flush_pending();
  for (const FlowClosed& closed : closed_) on_closed(closed);
  closed_.clear();
}

void EventAggregator::on_event(const EngineEvent& event) {
  std::visit(overloaded{
                 [&](const FlowOpened& e) { on_opened(e); },
                 [&](const FlowClosed& e) { closed_.push_back(e); },
                 [&](const PayloadReceived& e) {
                   transcripts_.add(e.at, e.flow, true, e.bytes, pending_);
                 },
                 [&](const ProbeReceived& e) {
                   if (settings_.wanted.contains(EventKind::packet))
                     emit(e.at,
                          events::Packet{e.flow, e.type, e.size_bytes, e.tcp_flags, e.icmp_type,
                                         e.icmp_code, std::string(e.visitor_system),
                                         signature_of(e.visitor_syn)});
                   contacts_.note(e, pending_);
                   if (!pending_.empty()) flush_pending();
                 },
                 [&](const apiary::AddressInUse& e) {
                   emit(e.at, events::AddressInUse{e.address, e.owner, e.is_contested});
                 },
                 [&](const LeaseGained& e) {
                   emit(e.at, events::Lease{.address = e.address,
                                            .mac = e.mac,
                                            .server = e.server,
                                            .template_name = e.template_name});
                 },
                 [&](const LeaseLost& e) {
                   emit(e.at, events::Lease{.address = e.address,
                                            .mac = e.mac,
                                            .server = IpAddress::v4(0),
                                            .template_name = e.template_name,
                                            .is_gained = false,
                                            .why = e.why});
                 },
             },
             event);
}

void EventAggregator::on_opened(const FlowOpened& e) {
  // Two visitors in a row may have had the same port, in one turn.
  if (transcripts_.knows(e.flow))
    std::erase_if(closed_, [&](const FlowClosed& closed) {
      if (closed.flow != e.flow) return false;
      on_closed(closed);
      return true;
    });
  if (e.is_outbound && outbound_.touch(e.flow) == nullptr)
    outbound_.insert(e.flow, true);
  else if (!e.is_outbound && outbound_.size() > 0)
    outbound_.erase(e.flow);
  if (!e.is_outbound) contacts_.note(e, pending_);
  flush_pending();
  if (!allowance_of(e.flow).take(e.at, pending_)) {
    if (e.flow.protocol == IpProtocol::udp && unreported_.touch(e.flow) == nullptr)
      unreported_.insert(e.flow, true);
    return flush_pending();
  }
  flush_pending();
  const EventId start = ids_.next(e.at);
  if (settings_.wanted.contains(EventKind::flow_start))
    push(start, e.at,
         events::FlowStart{e.flow, e.template_name, std::string(e.visitor_system),
                           signature_of(e.visitor_syn)});
  transcripts_.begin(e.flow, start, pending_);
  flush_pending();
}

void EventAggregator::on_closed(const FlowClosed& e) {
  if (unreported_.find(e.flow) != nullptr) return unreported_.erase(e.flow);
  const Transcripts::End end = transcripts_.end(e.flow, pending_);
  const bool was_forgotten = end.start == EventId{};  // or never reported
  if (was_forgotten && !allowance_of(e.flow).take(e.at, pending_)) return flush_pending();
  flush_pending();
  emit(e.at, events::FlowEnd{.flow = e.flow,
                             .start = end.start,
                             .opened = e.opened,
                             .received_bytes = e.received_bytes,
                             .sent_bytes = e.sent_bytes,
                             .received_packets = e.received_packets,
                             .sent_packets = e.sent_packets,
                             .end = e.end,
                             .cut = end.cut});
}

void EventAggregator::on_open(const OpenSession& open) {
  transcripts_.name(open.session, open.flow);
  const EventId start = transcripts_.start_of(open.flow);
  const bool may_note = open.service == nullptr || !std::holds_alternative<BuiltIn>(*open.service);
  if (start != EventId{} && may_note && served_.find(open.session) == nullptr)
    served_.insert(open.session, {start});
}

void EventAggregator::on_note(Instant now, const ServiceNote& note) {
  Served* const served = served_.touch(note.session);
  EventId start;
  if (served != nullptr)
    start = served->start;
  else if (note.session == SessionId{})
    start = transcripts_.start_of(note.flow);
  if (!note.exit && unreported_.find(note.flow) != nullptr) return;
  // The visitor's bytes precede the service's reaction to them.
  if (start != EventId{} && transcripts_.start_of(note.flow) == start) {
    transcripts_.report_waiting(note.flow, pending_);
    flush_pending();
  }
  if (note.attempt) {
    emit(now, events::Attempt{note.flow, start, std::string(note.service),
                              std::string(note.attempt->call), note.attempt->target,
                              std::string(note.attempt->path), note.attempt->kind});
    return;
  }
  if (note.file) {
    emit(now, events::File{note.flow, start, std::string(note.service),
                           std::string(note.file->path), note.file->bytes, note.file->hash});
    return;
  }
  emit(now, events::Note{note.flow, start, std::string(note.service), std::string(note.text),
                         note.exit});
  if (auto tried = read_credential(note.text))
    on_credential(now, note, start, served, *std::move(tried));
}

void EventAggregator::on_credential(Instant now, const ServiceNote& note, const EventId& start,
                                    Served* served, TriedCredential tried) {
  const bool is_login =
      !is_other_protocol(tried) && (served == nullptr || !served->is_other_protocol);
  if (!is_login && served != nullptr) served->is_other_protocol = true;
  if (is_login)
    emit(now, events::Credential{note.flow, start, std::string(note.service), std::move(tried.user),
                                 std::move(tried.password)});
}

void EventAggregator::on_counters(Instant now, const Counters& counters) {
  if (now - limits_emitted_at_ < limits_interval) return;
  for (const DropReason reason : limits) {
    const std::uint64_t total = counters.of(reason), before = limits_emitted_.of(reason);
    if (total == before) continue;
    emit(now, events::Limit{name_of(reason), describe(reason), total - before, total});
    limits_emitted_at_ = now;
  }
  if (limits_emitted_at_ == now) limits_emitted_ = counters;
}

void EventAggregator::on_time(Instant now) {
  contacts_.on_time(now, pending_);
  transcripts_.on_time(now, pending_);
  datagram_flows_.on_time(now, pending_);
  stream_flows_.on_time(now, pending_);
  flush_pending();
}

Instant EventAggregator::next_due() {
  return std::min({contacts_.next_due(), transcripts_.next_due(), datagram_flows_.next_due(),
                   stream_flows_.next_due()});
}

void EventAggregator::finish(Instant now) {
  transcripts_.on_time(Instant::max(), pending_);
  contacts_.finish(now, pending_);
  datagram_flows_.finish(now, pending_);
  stream_flows_.finish(now, pending_);
  flush_pending();
}

}  // namespace apiary
