// How a host opens a connection of its own (RFC 9293 sections 3.10.1 and 3.10.7.3).
#include <algorithm>

#include "tcp/connection.h"

namespace apiary {

Connection::Connection(HostContext& host, SessionId session, ActiveStart start,
                       BufferTotals& waiting_bytes)
    : flow_(start.request.flow),
      state_(TcpState::syn_sent),
      is_outbound_(true),
      session_(session),
      host_template_(std::move(start.host_template)),
      way_{host.way.exit, host.way.departs},
      waiting_bytes_(waiting_bytes),
      handshake_(new Handshake{.service = nullptr,
                               .options = start.syn.options,
                               .window = start.syn.window,
                               .urgent_pointer = start.syn.urgent_pointer,
                               .flags = start.syn.flags,
                               .reserved = start.syn.reserved,
                               .request = start.request.number,
                               .server = start.request.service}),
      send_unacked_(start.syn.sequence),
      send_next_(start.syn.sequence + 1),
      receive_capacity_(0),
      received_packets_(0),
      sent_packets_(0) {
  handshake_->service = &handshake_->server;
  // What the SYN offers; the SYN/ACK says what of it holds.
  negotiated_.timestamps = parse_tcp_options(handshake_->options.bytes()).timestamps.has_value();
  negotiated_.timestamp_offset = start.timestamp_offset;
}

void Connection::connect(HostContext& host) {
  timed_since_ = host.now;
  timed_sequence_ = send_next_;
  send_syn(host);
  arm_retransmission(host.now);
}

void Connection::on_segment_in_syn_sent(HostContext& host, const TcpSegment& segment,
                                        const TcpOptions& options) {
  // First: the acknowledgment.
  const bool acks_syn = segment.has(tcp_flag::ack) && segment.acknowledgment == send_next_;
  if (segment.has(tcp_flag::ack) && !acks_syn) {
    if (!segment.has(tcp_flag::rst)) send_reset(host, segment.acknowledgment, false);
    return;
  }
  // Second: a reset counts only if it acknowledges the SYN. Third is security, which nobody has.
  if (segment.has(tcp_flag::rst)) {
    if (acks_syn) return fail_to_connect(host, ConnectFailure::refused);
    return host.drop(DropReason::duplicate_or_stray);
  }
  // Fourth: the SYN. A simultaneous open (section 3.5) is not accepted: nobody knows that a host is
  // about to connect, except by guessing.
  if (!segment.has(tcp_flag::syn) || !acks_syn) return host.drop(DropReason::duplicate_or_stray);
  on_syn_ack(host, segment, options);
}

void Connection::on_syn_ack(HostContext& host, const TcpSegment& syn_ack,
                            const TcpOptions& options) {
  const std::uint32_t offset = negotiated_.timestamp_offset;
  negotiated_ = negotiate(options, parse_tcp_options(handshake_->options.bytes()));
  negotiated_.timestamp_offset = offset;
  if (negotiated_.timestamps) recent_timestamp_ = options.timestamps->value;
  receive_next_ = last_ack_sent_ = syn_ack.sequence + 1;
  receive_edge_ = receive_next_ + handshake_->window;
  receive_capacity_ = static_cast<std::uint32_t>(std::min(
      host.limits.receive_buffer_bytes, std::size_t{65535} << negotiated_.receive_window_shift));
  // The window of a SYN is not scaled (RFC 7323 section 2.2).
  send_window_ = largest_send_window_ = syn_ack.window;
  establish(host, syn_ack);
  ack_now_ = true;
  note_activity(host);
  send_pending(host);
  release_idle_state();
}

void Connection::fail_to_connect(HostContext& host, ConnectFailure why) {
  if (state_ != TcpState::syn_sent) return;
  host.ask(ConnectionFailed{handshake_->request, why});
  state_ = TcpState::closed;
}

}  // namespace apiary
