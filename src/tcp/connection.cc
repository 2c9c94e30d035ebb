// How a connection begins, and how it handles its service.
#include "tcp/connection.h"

#include <algorithm>

namespace apiary {
namespace {

constexpr std::uint32_t least_window = 256;  // of systems that say none in the SYN/ACK

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
  receive_capacity_ = std::max<std::uint32_t>(start.syn_ack.reply.window, least_window);
  next_id_ = static_cast<std::uint16_t>(
      host.stack().trait(std::uint64_t{start.isn.value} << 32 ^ start.visitor_isn.value));
  ecn_enabled_ = start.offers_ecn && start.syn_ack.reply.has(tcp_flag::ece) &&
                 !start.syn_ack.reply.has(tcp_flag::cwr);
  if (start.retransmissions == 0) timed_since_ = start.sent;
  timed_sequence_ = send_next_;
  arm_retransmission(start.sent);
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
  const bool is_idle = in_flight() == 0 && queued() == 0 && !misses_bytes() &&
                       !transfer_->fin_waits &&
                       transfer_->duplicate.start == transfer_->duplicate.end;
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

}  // namespace apiary
