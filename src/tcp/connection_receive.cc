// How a connection handles segments: RFC 9293 section 3.10.7.4, step by step. Read the RFC first.
#include <algorithm>

#include "tcp/connection.h"

namespace apiary {

void Connection::on_segment(HostContext& host, const TcpSegment& segment, Ecn ecn) {
  const TcpOptions options = parse_tcp_options(segment.options);
  // The visitor's packets may arrive by another router now.
  way_ = {host.way.exit, std::max(way_.departed, host.way.departs)};
  unanswered_ = 0;
  ++received_packets_;

  if (state_ == TcpState::syn_sent) return on_segment_in_syn_sent(host, segment, options);
  if (reject_unacceptable(host, segment, options)) return release_idle_state();
  if (segment.has(tcp_flag::rst)) return on_reset(host, segment);
  if (segment.has(tcp_flag::syn)) return on_syn(host, segment);
  if (!segment.has(tcp_flag::ack)) return host.drop(DropReason::duplicate_or_stray);
  note_timestamp(segment, options);
  if (state_ == TcpState::syn_received && !on_handshake_ack(host, segment)) return;
  if (!on_ack(host, segment, options)) return release_idle_state();
  if (is_closed()) return;
  if (ecn_enabled_) note_congestion(segment, ecn);
  on_text(host, segment);
  note_activity(host);
  send_pending(host);
  release_idle_state();
}

bool Connection::yields_to(const TcpSegment& syn) const {
  if (!syn.has(tcp_flag::syn) || syn.has(tcp_flag::ack | tcp_flag::rst)) return false;
  if (state_ == TcpState::time_wait) {
    const auto stamps = parse_tcp_options(syn.options).timestamps;
    const bool is_later = negotiated_.timestamps && stamps &&
                          SeqNumber{stamps->value}.is_after(SeqNumber{recent_timestamp_});
    return is_later || syn.sequence.is_after(receive_next_);
  }
  // The handshake is not complete: a different SYN starts a new connection.
  return state_ == TcpState::syn_received && syn.sequence + 1 != receive_next_ &&
         !quirks().resets_other_syns;
}

/// Whether a part of the segment lies in the receive window: the four cases of section 3.4.
bool Connection::is_acceptable(const TcpSegment& segment) const {
  const std::uint32_t window = receive_edge_.value - receive_next_.value;
  const std::uint32_t length = segment.length();
  if (length == 0 && window == 0) return segment.sequence == receive_next_;
  if (length == 0) return segment.sequence.is_in_window(receive_next_, window);
  if (window == 0) return false;
  return segment.sequence.is_in_window(receive_next_, window) ||
         (segment.sequence + (length - 1)).is_in_window(receive_next_, window);
}

/// Protection against wrapped sequence numbers (RFC 7323 section 5.3, R1).
bool Connection::is_old_by_timestamp(const TcpSegment& segment, const TcpOptions& options) const {
  return negotiated_.timestamps && options.timestamps && !segment.has(tcp_flag::rst) &&
         SeqNumber{options.timestamps->value}.is_before(SeqNumber{recent_timestamp_});
}

/// First step: sequence numbers. Acknowledges unacceptable segments, but not resets.
bool Connection::reject_unacceptable(HostContext& host, const TcpSegment& segment,
                                     const TcpOptions& options) {
  if (state_ == TcpState::syn_received && segment.has(tcp_flag::syn) &&
      !segment.has(tcp_flag::ack) && segment.sequence + 1 == receive_next_) {
    send_syn(host);  // our first one was lost, or is still in flight
    return true;
  }
  if (is_acceptable(segment) && !is_old_by_timestamp(segment, options)) return false;
  if (segment.has(tcp_flag::rst)) {
    host.drop(DropReason::duplicate_or_stray);
    return true;
  }
  // Window probes and old data carry acknowledgments: without them, two closed windows never open.
  if (segment.has(tcp_flag::ack) && !segment.has(tcp_flag::syn) &&
      state_ != TcpState::syn_received && !is_old_by_timestamp(segment, options)) {
    on_ack(host, segment, options);
    if (is_closed()) return true;
    send_pending(host);
  }
  if (state_ == TcpState::time_wait && segment.has(tcp_flag::fin)) enter_time_wait(host);
  if (!is_handshake() && segment.sequence.is_before(receive_next_) && !segment.payload.empty()) {
    begin_quick_acks();
    note_known(host, segment);
  }
  // An empty segment may answer our answer: two sides that disagree would answer each other
  // forever.
  if (segment.length() == 0 && segment.sequence + 1 != receive_next_)
    send_challenge_ack(host);
  else
    send_ack(host);
  return true;
}

/// Second step: a reset in the window ends the connection. Since RFC 5961 section 3.2, only one
/// with exactly the next number does.
void Connection::on_reset(HostContext& host, const TcpSegment& segment) {
  if (segment.sequence == receive_next_ || !host.personality().quirks.challenges)
    return close(host, FlowEndReason::reset_by_peer);
  send_challenge_ack(host);
}

/// Fourth step: a SYN in the window is an error that resets the connection. Since RFC 5961 section
/// 4.2, it gets a challenge ACK.
void Connection::on_syn(HostContext& host, const TcpSegment& syn) {
  const bool is_begun = state_ != TcpState::syn_received || !quirks().resets_other_syns;
  if (is_begun && host.personality().quirks.challenges) return send_challenge_ack(host);
  if (syn.has(tcp_flag::ack))
    send_reset(host, syn.acknowledgment, false);
  else
    send_reset_of(host, syn);
  close(host, FlowEndReason::reset_by_host);
}

/// Fifth step in SYN-RECEIVED. Returns whether the connection is now established.
bool Connection::on_handshake_ack(HostContext& host, const TcpSegment& segment) {
  if (segment.acknowledgment != send_next_) {
    send_reset(host, segment.acknowledgment, false);
    return false;
  }
  establish(host, segment);
  return true;
}

/// `segment` completes the handshake: the service begins.
void Connection::establish(HostContext& host, const TcpSegment& segment) {
  state_ = TcpState::established;
  if (backoffs_ > 0) timer_.begin_unmeasured();
  window_sequence_ = segment.sequence;
  window_acknowledgment_ = segment.acknowledgment;
  on_new_ack(host, segment.acknowledgment);
  congestion_.begin(negotiated_.send_mss, negotiated_.sack);

  const std::unique_ptr<Handshake> done = std::move(handshake_);
  host.emit(FlowOpened{
      host.now, flow_, host_template_->name, done->visitor_system, is_outbound_,
      is_outbound_ ? std::nullopt : host.systems.syn_of(flow_.remote.address, host.now)});
  open_emitted_ = true;
  opened_at_ = host.now;
  if (done->service != nullptr) {
    session_open_ = true;
    host.ask(OpenSession{.session = session_,
                         .flow = flow_,
                         .service = *done->service,
                         .personality = host_template_->personality->name,
                         .template_name = host_template_->name,
                         .host_name = host_template_->host_name,
                         .interface = host.outlet.interface(host.way.exit.interface).name,
                         .visitor_system = done->visitor_system,
                         .output_allowance_bytes = host.limits.send_buffer_bytes,
                         .privileges = host_template_->service_privileges,
                         .request = done->request});
  }
}

/// Fifth step in the other states. Returns whether the caller continues with the segment.
bool Connection::on_ack(HostContext& host, const TcpSegment& segment, const TcpOptions& options) {
  const SeqNumber ack = segment.acknowledgment;
  // An acknowledgment must not be after SND.NXT, nor, since RFC 5961 section 5.2, before SND.UNA -
  // MAX.SND.WND.
  if (ack.is_after(send_next_) || (host.personality().quirks.challenges &&
                                   ack.is_before(send_unacked_ - largest_send_window_))) {
    send_challenge_ack(host);
    return false;
  }
  if (ack.is_after(send_unacked_)) {
    on_new_ack(host, ack);
    if (is_closed()) return false;
    note_selective_acks(host, options);
  } else if (ack == send_unacked_ && in_flight() > 0 && segment.length() == 0 &&
             (options.sack_block_count > 0 ||
              std::uint32_t{segment.window} << negotiated_.send_window_shift == send_window_)) {
    note_selective_acks(host, options);
    if (congestion_.on_duplicate_ack(in_flight(), send_next_)) {
      cwr_pending_ = ecn_enabled_;
      retransmit_first(host);
    }
  }
  if (!ack.is_before(send_unacked_)) update_send_window(segment);
  return true;
}

void Connection::on_new_ack(HostContext& host, SeqNumber ack) {
  const auto advance = static_cast<std::uint32_t>(ack.offset_from(send_unacked_));
  const std::size_t data = std::min<std::size_t>(advance, queued());  // without a SYN or FIN
  const bool acks_fin = fin_sent_ && ack == send_next_ && data == queued();
  if (data > 0 && has_session()) host.out.grant(session_, data + grow_send_buffer(host.limits));

  sent_bytes_ += data;
  send_unacked_ = ack;
  tail_probed_ = false;
  if (transfer_ != nullptr) {
    transfer_->send_queue.drop(data);
    transfer_->progress_at = host.now;
    transfer_->scoreboard.forget_before(ack);
    if (transfer_->resend_next.is_before(ack)) transfer_->resend_next = ack;
  }

  if (timed_since_ != Instant::max() && !ack.is_before(timed_sequence_)) {
    timer_.on_round_trip(host.now - timed_since_);
    timed_since_ = Instant::max();
  }
  backoffs_ = 0;
  if (congestion_.on_new_ack(advance, ack) && in_flight() > 0) retransmit_first(host);
  retransmit_at_ = Instant::max();
  if (in_flight() > 0) arm_retransmission(host.now);
  if (acks_fin) fin_is_acked(host);
}

/// Doubles the send buffer if it limits the connection: it is in flight, and the windows allow
/// more. Returns by how many bytes it grows.
std::size_t Connection::grow_send_buffer(const Limits& limits) {
  const std::size_t size = limits.send_buffer_bytes << send_buffer_doublings_;
  const bool is_in_flight = in_flight() >= size / 4 * 3;
  if (!is_in_flight || std::min(send_window_, congestion_.window()) <= size ||
      2 * size > limits.max_send_buffer_bytes)
    return 0;
  ++send_buffer_doublings_;
  return size;
}

/// Holes below three segments of selectively acknowledged bytes are lost (RFC 6675 section 4).
void Connection::note_selective_acks(HostContext& host, const TcpOptions& options) {
  if (!negotiated_.sack || options.sack_block_count == 0) return;
  if (in_flight() == 0) return;
  Scoreboard& scoreboard = transfer(host.now).scoreboard;
  scoreboard.note(std::span(options.sack_blocks).first(options.sack_block_count), send_unacked_,
                  send_next_);
  const std::uint32_t certain = Congestion::duplicates_for_loss * negotiated_.send_mss;
  if (congestion_.recovering() || scoreboard.held_bytes() < certain) return;
  congestion_.on_loss(in_flight(), send_next_);
  cwr_pending_ = ecn_enabled_;
  retransmit_first(host);
}

/// Handles ECN: congestion that routers marked, and the visitor's ECE and CWR (RFC 3168 sections
/// 6.1.2 and 6.1.3).
void Connection::note_congestion(const TcpSegment& segment, Ecn ecn) {
  if (segment.has(tcp_flag::cwr)) ece_pending_ = false;
  if (ecn == Ecn::congestion_experienced && !segment.payload.empty()) ece_pending_ = true;
  // A visitor whose window is small now waits for the acknowledgment.
  if (segment.has(tcp_flag::cwr) && !segment.payload.empty()) is_interactive_ = false;
  if (segment.has(tcp_flag::ece) && congestion_.on_echo(in_flight(), send_unacked_, send_next_))
    cwr_pending_ = true;
}

void Connection::update_send_window(const TcpSegment& segment) {
  if (segment.sequence.is_before(window_sequence_) ||
      (segment.sequence == window_sequence_ &&
       segment.acknowledgment.is_before(window_acknowledgment_)))
    return;
  send_window_ = std::uint32_t{segment.window} << negotiated_.send_window_shift;
  largest_send_window_ = std::max(largest_send_window_, send_window_);
  window_sequence_ = segment.sequence;
  window_acknowledgment_ = segment.acknowledgment;
}

void Connection::note_timestamp(const TcpSegment& segment, const TcpOptions& options) {
  // RFC 7323 section 4.3, step 2: only a segment at or before Last.ACK.sent counts.
  if (negotiated_.timestamps && options.timestamps && !segment.sequence.is_after(last_ack_sent_))
    recent_timestamp_ = options.timestamps->value;
}

}  // namespace apiary
