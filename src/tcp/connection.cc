// The life of a connection: how it opens, how it handles its service and its timers, how it ends.
#include "tcp/connection.h"

#include <algorithm>

namespace apiary {
namespace {

constexpr Duration time_wait_time = seconds{60};   // 2 MSL, with the 30 s of most systems
constexpr Duration fin_wait_2_time = seconds{60};  // for visitors that never close their half

}  // namespace

Connection::Connection(HostContext& host, SessionId session, ConnectionStart start,
                       BufferTotals& waiting_bytes)
    : flow_(start.flow),
      backoffs_(start.retransmissions),
      unanswered_(start.retransmissions),
      session_(session),
      host_template_(std::move(start.host_template)),
      way_{host.way.exit, host.way.departs},
      waiting_bytes_(waiting_bytes),
      handshake_(new Handshake{.service = start.service,
                               .options = start.syn_ack.reply.options,
                               .window = start.syn_ack.reply.window,
                               .urgent_pointer = start.syn_ack.reply.urgent_pointer,
                               .flags = start.syn_ack.reply.flags,
                               .reserved = start.syn_ack.reply.reserved,
                               .visitor_system = start.visitor_system}),
      negotiated_(start.syn_ack.negotiated),
      recent_timestamp_(start.visitor_timestamp),
      send_unacked_(start.isn),
      send_next_(start.isn + 1),
      received_packets_(start.syns),
      sent_packets_(std::uint32_t{start.syns} + start.retransmissions) {
  receive_next_ = last_ack_sent_ = start.visitor_isn + 1;
  receive_edge_ = receive_next_ + start.syn_ack.reply.window;
  receive_capacity_ = static_cast<std::uint32_t>(std::min(
      host.limits.receive_buffer_bytes, std::size_t{65535} << negotiated_.receive_window_shift));
  ecn_enabled_ = start.offers_ecn && start.syn_ack.reply.has(tcp_flag::ece) &&
                 !start.syn_ack.reply.has(tcp_flag::cwr);
  if (start.retransmissions == 0) timed_since_ = start.sent;
  timed_sequence_ = send_next_;
  arm_retransmission(start.sent);
}

std::string_view to_string(TcpState state) {
  switch (state) {
    case TcpState::syn_sent:
      return "SYN-SENT";
    case TcpState::syn_received:
      return "SYN-RECEIVED";
    case TcpState::established:
      return "ESTABLISHED";
    case TcpState::fin_wait_1:
      return "FIN-WAIT-1";
    case TcpState::fin_wait_2:
      return "FIN-WAIT-2";
    case TcpState::close_wait:
      return "CLOSE-WAIT";
    case TcpState::closing:
      return "CLOSING";
    case TcpState::last_ack:
      return "LAST-ACK";
    case TcpState::time_wait:
      return "TIME-WAIT";
    case TcpState::closed:
      return "CLOSED";
  }
  return "";
}

Conversation Connection::summary() const {
  return {flow_, to_string(state_), host_template_->name, received_bytes_, sent_bytes_};
}

TransferState& Connection::transfer(Instant now) {
  if (transfer_ == nullptr)
    transfer_ = std::make_unique<TransferState>(waiting_bytes_, send_next_, now);
  return *transfer_;
}

void Connection::release_idle_state() {
  if (transfer_ == nullptr) return;
  transfer_->count();
  const bool is_idle =
      in_flight() == 0 && queued() == 0 && !misses_bytes() && !transfer_->fin_waits;
  if (is_idle || is_closed()) transfer_.reset();
}

void Connection::on_output(HostContext& host, Bytes bytes) {
  if (!may_send_data() || output_ended_) return;
  note_activity(host);
  transfer(host.now).send_queue.append(bytes);
  transfer_->count();
  send_pending(host);
}

void Connection::on_input_consumed(HostContext& host, std::size_t bytes) {
  unconsumed_ -= static_cast<std::uint32_t>(std::min<std::size_t>(bytes, unconsumed_));
  // Update the window of a visitor that waits: it was nearly closed and is wide open again.
  const std::uint32_t promised = receive_edge_.value - receive_next_.value;
  const bool waits = promised < receive_capacity_ / 4 && unconsumed_ <= receive_capacity_ / 2;
  if (waits &&
      (may_send_data() || state_ == TcpState::fin_wait_1 || state_ == TcpState::fin_wait_2))
    send_ack(host);
}

void Connection::on_output_ended(HostContext& host) {
  output_ended_ = true;
  send_pending(host);
}

void Connection::on_service_failed(HostContext& host) {
  session_open_ = false;
  send_reset(host, send_next_, true);
  close(host, FlowEndReason::reset_by_host);
}

void Connection::on_refusal(HostContext& host) {
  if (state_ == TcpState::syn_sent) return fail_to_connect(host, ConnectFailure::refused);
  if (state_ == TcpState::syn_received) close(host, FlowEndReason::reset_by_peer);
}

void Connection::evict(HostContext& host) { close(host, FlowEndReason::evicted); }

Instant Connection::deadline() const {
  return std::min({retransmit_at_, acknowledge_at_, forget_at_, mtu_report_at_});
}

void Connection::on_time(HostContext& host) {
  if (host.now >= forget_at_) {
    if (!may_send_data()) return close(host, FlowEndReason::closed);
    send_reset(host, send_next_, true);
    return close(host, FlowEndReason::timed_out);
  }
  if (host.now >= mtu_report_at_) {
    mtu_report_at_ = Instant::max();
    on_fragmentation_needed(host, reported_mtu_);
  }
  if (host.now >= acknowledge_at_) send_ack(host);
  if (host.now >= retransmit_at_) on_retransmission_timeout(host);
  release_idle_state();
}

/// The time until the next retransmission; after the last SYN or SYN/ACK, until the system gives
/// up.
Duration Connection::retransmission_wait() const {
  if (state_ == TcpState::syn_sent) return syn_ack_wait(for_own_syn(rule()), backoffs_);
  return state_ == TcpState::syn_received ? syn_ack_wait(rule(), backoffs_)
                                          : timer_.timeout(backoffs_, rule());
}

void Connection::on_retransmission_timeout(HostContext& host) {
  ++backoffs_;
  ++unanswered_;
  const bool waits_for_window = in_flight() == 0;
  const int tries = waits_for_window ? unanswered_ : backoffs_;
  if (state_ == TcpState::syn_sent && tries > for_own_syn(rule()).syn_ack_retries)
    return fail_to_connect(host, ConnectFailure::timed_out);
  const bool is_half_open = state_ == TcpState::syn_received;
  if (state_ != TcpState::syn_sent &&
      tries > (is_half_open ? rule().syn_ack_retries : rule().data_retries)) {
    if (is_half_open ? rule().resets_half_open : rule().resets_unanswered)
      send_reset(host, send_next_, true);
    return close(host, FlowEndReason::timed_out);
  }

  if (is_handshake()) {
    timed_since_ = Instant::max();
    send_syn(host);
  } else if (waits_for_window) {
    if (all_data_sent()) {
      retransmit_at_ = Instant::max();
      return;
    }
    if (stalled(host.now) >= host.limits.stalled_time) {
      send_reset(host, send_next_, true);
      return close(host, FlowEndReason::timed_out);
    }
    backoffs_ = std::min<std::uint8_t>(backoffs_, 10);
    if (usable_window() == 0)
      send_window_probe(host);
    else
      send_despite_small_window(host);
  } else {
    congestion_.on_timeout(in_flight());
    cwr_pending_ = ecn_enabled_;
    TransferState& all = transfer(host.now);
    all.scoreboard.clear();  // the visitor may have discarded what it acknowledged selectively (RFC
                             // 2018 section 8)
    all.resend_next = send_unacked_;
    all.resend_end = send_next_;
    resend(host);
  }
  arm_retransmission(host.now);
}

void Connection::on_fragmentation_needed(HostContext& host, std::uint16_t mtu_bytes) {
  // Linux' minimum (ip-sysctl, min_pmtu): below it, datagrams may be fragmented instead.
  constexpr std::uint16_t least = 552;
  may_be_fragmented_ |= mtu_bytes < least;
  const std::uint16_t mtu = std::max(mtu_bytes, least);
  if (is_closed() || (mtu >= path_mtu_ && !may_be_fragmented_)) return;
  path_mtu_ = std::min(mtu, path_mtu_);
  if (is_handshake() || in_flight() == 0) return;
  // Congestion was not the cause of this loss (RFC 1191 section 6.4): the window stays.
  transfer(host.now).resend_next = send_unacked_;
  transfer_->resend_end = send_next_;
  resend(host);
}

void Connection::fin_is_acked(HostContext& host) {
  switch (state_) {
    case TcpState::fin_wait_1:
      state_ = TcpState::fin_wait_2;
      forget_at_ = host.now + fin_wait_2_time;
      break;
    case TcpState::closing:
      enter_time_wait(host);
      break;
    case TcpState::last_ack:
      close(host, FlowEndReason::closed);
      break;
    default:
      break;
  }
}

/// One side sent something: restarts the idle time.
void Connection::note_activity(HostContext& host) {
  if (may_send_data()) forget_at_ = host.now + host.limits.idle_time;
}

void Connection::enter_time_wait(HostContext& host) {
  end_conversation(host, FlowEndReason::closed);
  state_ = TcpState::time_wait;
  retransmit_at_ = Instant::max();
  forget_at_ = host.now + time_wait_time;
}

void Connection::close(HostContext& host, FlowEndReason end) {
  if (state_ == TcpState::syn_sent)
    host.ask(ConnectionFailed{handshake_->request, ConnectFailure::unreachable});
  end_conversation(host, end);
  state_ = TcpState::closed;
}

/// Closes the session and emits FlowClosed, once.
void Connection::end_conversation(HostContext& host, FlowEndReason end) {
  if (session_open_) host.ask(CloseSession{session_});
  session_open_ = false;
  if (open_emitted_)
    host.emit(FlowClosed{.at = host.now,
                         .flow = flow_,
                         .opened = opened_at_,
                         .received_bytes = received_bytes_,
                         .sent_bytes = sent_bytes_,
                         .received_packets = received_packets_,
                         .sent_packets = sent_packets_,
                         .end = end,
                         .is_outbound = is_outbound_});
  open_emitted_ = false;
}

}  // namespace apiary
