// How a connection handles the bytes and the FIN of a segment: RFC 9293 section 3.10.7.4, seventh
// and eighth step.
#include <algorithm>
#include <utility>

#include "tcp/connection.h"

namespace apiary {
namespace {

/// Where in the `size` bytes from `start` the urgent byte is, which systems deliver apart: services
/// that do not ask for it never see it (RFC 6093 section 2.1; the pointer is to the byte behind
/// it).
std::optional<std::size_t> urgent_byte(const TcpSegment& segment, SeqNumber start,
                                       std::size_t size) {
  if (!segment.has(tcp_flag::urg) || segment.urgent_pointer == 0) return {};
  const SeqNumber at = segment.sequence + (segment.urgent_pointer - 1U);
  if (!at.is_in_window(start, static_cast<std::uint32_t>(size))) return {};
  return static_cast<std::size_t>(at.offset_from(start));
}

}  // namespace

/// Seventh and eighth step: the segment's bytes and its FIN.
void Connection::on_text(HostContext& host, const TcpSegment& segment) {
  if (segment.length() == 0) return;
  if (state_ == TcpState::close_wait || state_ == TcpState::closing ||
      state_ == TcpState::last_ack || state_ == TcpState::time_wait) {
    ack_now_ = true;  // the visitor has sent its FIN: this is a retransmission
    return;
  }
  const SeqNumber expected = receive_next_;
  const bool missed = misses_bytes() || (transfer_ != nullptr && transfer_->fin_waits);
  // Trim to the window: bytes before it are known, bytes beyond it exceed what we advertised.
  SeqNumber start = segment.sequence;
  Bytes bytes = segment.payload;
  if (start.is_before(receive_next_)) {
    bytes = bytes.subspan(note_known(host, segment));
    start = receive_next_;
    ack_now_ = bytes.empty() || !quirks().acknowledges_immediately;
    if (bytes.empty()) begin_quick_acks();
  }
  const SeqNumber end = segment.sequence + static_cast<std::uint32_t>(segment.payload.size());
  const auto room = static_cast<std::size_t>(receive_edge_.offset_from(start));
  const bool cut = bytes.size() > room;
  if (cut) bytes = bytes.first(room);

  if (const auto urgent = urgent_byte(segment, start, bytes.size());
      urgent && start == receive_next_) {
    take_text(host, start, bytes.first(*urgent));
    receive_next_ = receive_next_ + 1;
    bytes = bytes.subspan(*urgent + 1);
    start = receive_next_;
  }
  take_text(host, start, bytes);
  if (receive_next_ != expected) acknowledge_soon(host, segment);
  ack_now_ |= missed;  // RFC 5681 section 4.2: also where it fills a gap
  const bool ends = segment.has(tcp_flag::fin) && !cut;
  if (ends && end == receive_next_) return on_fin(host, end);
  ack_now_ |= ends;
  if (ends && !transfer(host.now).fin_waits) {
    transfer_->fin_waits = true;
    transfer_->fin_at = end;
  }
  if (transfer_ != nullptr && transfer_->fin_waits && transfer_->fin_at == receive_next_)
    on_fin(host, receive_next_);
}

void Connection::take_text(HostContext& host, SeqNumber start, Bytes bytes) {
  if (start == receive_next_) {
    deliver(host, bytes);
    if (!misses_bytes()) return;
    while (auto piece = transfer_->out_of_order.take(receive_next_)) deliver(host, *piece);
    transfer_->count();
  } else if (!bytes.empty()) {
    ack_now_ = true;
    begin_quick_acks();
    if (waiting_bytes_.out_of_order + bytes.size() > host.limits.out_of_order_bytes)
      return host.drop(DropReason::no_buffer);
    if (transfer(host.now).out_of_order.holds(start, bytes.size()))
      note_duplicate(host, {start, start + static_cast<std::uint32_t>(bytes.size())});
    transfer_->out_of_order.store(start, bytes);
    transfer_->count();
  }
}

void Connection::deliver(HostContext& host, Bytes bytes) {
  if (bytes.empty()) return;
  receive_next_ = receive_next_ + static_cast<std::uint32_t>(bytes.size());
  received_bytes_ += bytes.size();
  if (has_session()) {
    unconsumed_ += static_cast<std::uint32_t>(bytes.size());
    host.out.deliver(session_, bytes);
  } else if (const std::uint64_t before = received_bytes_ - bytes.size();
             open_emitted_ && before < max_event_payload_bytes) {
    const std::size_t kept = std::min<std::size_t>(bytes.size(), max_event_payload_bytes - before);
    host.emit(PayloadReceived{host.now, flow_, host.out.bytes.copy(bytes.first(kept))});
  }
}

/// Acknowledges a segment whose bytes arrived in order: now, or with what the host sends soon.
void Connection::acknowledge_soon(const HostContext& host, const TcpSegment& segment) {
  constexpr std::size_t usual_segment_bytes = 536;  // what Linux takes for a full one at first
  const std::size_t size = segment.payload.size();
  if (quirks().window_grows) grow_window(host, size);
  ++unacked_segments_;
  if (quirks().acknowledges_immediately) {
    const bool is_read_immediately = segment.has(tcp_flag::psh) || size < usual_segment_bytes;
    const std::uint32_t unacked = receive_next_.value - last_ack_sent_.value;
    ack_now_ |= (!is_interactive_ && (quick_acks_ > 0 || is_read_immediately)) ||
                unacked > std::max(size, usual_segment_bytes);
  } else {
    ack_now_ |= unacked_segments_ >= 2;
  }
  if (!ack_now_) delay_acknowledgment(host);
}

/// The visitor may be recovering: acknowledges the next segments immediately.
void Connection::begin_quick_acks() {
  is_interactive_ = false;
  quick_acks_ = max_quick_acks;
}

void Connection::delay_acknowledgment(const HostContext& host) {
  acknowledge_at_ =
      std::min(acknowledge_at_, host.now + host.personality().quirks.acknowledgment_delay);
}

/// The window grows as the visitor sends (Linux, tcp_grow_window): by twice the size of each
/// segment that is nearly full.
void Connection::grow_window(const HostContext& host, std::size_t bytes) {
  constexpr std::size_t small_bytes = 1024;
  const std::size_t grown = std::min(receive_capacity_ + 2 * bytes, largest_window(host.limits));
  if (bytes < small_bytes || grown <= receive_capacity_) return;
  receive_capacity_ = static_cast<std::uint32_t>(grown);
  quick_acks_ |= 1;
}

/// Notes the bytes of `segment` that arrived before. Returns their number. REQUIRES: it starts
/// before the next expected byte.
std::size_t Connection::note_known(HostContext& host, const TcpSegment& segment) {
  const SeqNumber start = segment.sequence;
  const auto known =
      std::min(static_cast<std::size_t>(receive_next_.offset_from(start)), segment.payload.size());
  note_duplicate(host, {start, start + static_cast<std::uint32_t>(known)});
  return known;
}

/// `duplicate` arrived again, which a system may report with the next acknowledgment.
void Connection::note_duplicate(HostContext& host, const SackBlock& duplicate) {
  if (!quirks().reports_duplicates || !negotiated_.sack || duplicate.start == duplicate.end) return;
  transfer(host.now).duplicate = duplicate;
}

void Connection::on_fin(HostContext& host, SeqNumber fin) {
  const bool filled = transfer_ != nullptr && std::exchange(transfer_->fin_waits, false);
  receive_next_ = fin + 1;
  if (receive_edge_.is_before(receive_next_)) receive_edge_ = receive_next_;
  if (quirks().acknowledges_immediately && may_send_data()) {
    is_interactive_ = true;
    ack_now_ = filled;
    delay_acknowledgment(host);
  } else {
    ack_now_ = true;
  }
  if (has_session()) host.ask(EndInput{session_});
  switch (state_) {
    case TcpState::established:
      state_ = TcpState::close_wait;
      if (!has_session()) output_ended_ = true;  // an open port without a service closes, too
      break;
    case TcpState::fin_wait_1:
      state_ = TcpState::closing;
      break;
    case TcpState::fin_wait_2:
      state_ = TcpState::time_wait;
      send_ack(host);
      enter_time_wait(host);
      break;
    default:
      break;
  }
}

}  // namespace apiary
