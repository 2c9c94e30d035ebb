// How a connection ends (RFC 9293 section 3.6).
#include "tcp/connection.h"

namespace apiary {
namespace {

constexpr Duration time_wait_time = seconds{60};   // 2 MSL, with the 30 s of most systems
constexpr Duration fin_wait_2_time = seconds{60};  // for visitors that never close their half

}  // namespace

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
