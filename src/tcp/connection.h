#pragma once

#include "base/pin_table.h"
#include "host/host_context.h"
#include "tcp/congestion.h"
#include "tcp/connection_start.h"
#include "tcp/handshake.h"
#include "tcp/retransmission_timer.h"
#include "tcp/tcp_state.h"
#include "tcp/transfer_state.h"
#include "telemetry/conversation.h"

namespace apiary {

/// A TCP connection of a host (RFC 9293), mostly one that a visitor opened. It receives segments,
/// deadlines and messages of its service, and sends through a HostContext. Retransmission: RFC
/// 6298; congestion: RFC 5681 and 6582; blind attacks: RFC 5961; timestamps: RFC 7323. A million of
/// them may be idle, so state that only some need is allocated apart.
class Connection {
 public:
  /// A half-open connection, whose SYN/ACK was sent.
  Connection(HostContext& host, SessionId session, ConnectionStart start,
             BufferTotals& waiting_bytes);
  /// A connection of the host's own, in SYN-SENT. Call connect() next.
  Connection(HostContext& host, SessionId session, ActiveStart start, BufferTotals& waiting_bytes);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Sends the SYN of an active open (section 3.10.1).
  void connect(HostContext& host);
  /// An ICMP error about the SYN of an active open ends it.
  void on_unreachable(HostContext& host) { fail_to_connect(host, ConnectFailure::unreachable); }

  /// Handles a segment (section 3.10.7.4). `ecn` is from its IP header.
  void on_segment(HostContext& host, const TcpSegment& segment, Ecn ecn);
  /// A router reports that segments are too large for a link of `mtu_bytes` (RFC 1191): retransmits
  /// them in smaller segments. The caller verified that the report is about this connection.
  void on_fragmentation_needed(HostContext& host, std::uint16_t mtu_bytes);
  /// Acts when the deadline has passed.
  void on_time(HostContext& host);

  /// Whether `sequence` is in flight: sent and not acknowledged.
  bool is_in_flight(SeqNumber sequence) const {
    return sequence.is_in_window(send_unacked_, in_flight());
  }
  /// The visitor's machine reports protocol or port unreachable. That ends a handshake, and nothing
  /// later (RFC 9293 section 3.9.2.2, RFC 5927 section 6).
  void on_refusal(HostContext& host);

  // Messages of the service.
  void on_output(HostContext& host, Bytes bytes);
  void on_input_consumed(HostContext& host, std::size_t bytes);
  void on_output_ended(HostContext& host);
  void on_service_failed(HostContext& host);

  /// Ends the connection without a packet to the visitor, to make room.
  void evict(HostContext& host);

  TcpState state() const { return state_; }
  bool is_closed() const { return state_ == TcpState::closed; }
  /// Whether it is as a HalfOpen describes it: half-open, and nothing else happened.
  bool is_as_begun() const {
    return state_ == TcpState::syn_received && challenges_ == 0 && path_mtu_ == 65'535 &&
           mtu_report_at_ == Instant::max() && !may_be_fragmented_;
  }
  /// Whether `syn` begins a new connection between the same endpoints (section 3.10.7.4 and RFC
  /// 6191), so that the caller removes this one.
  bool yields_to(const TcpSegment& syn) const;
  /// When on_time() next has something to do; Instant::max() if never.
  Instant deadline() const;

  const FlowKey& flow() const { return flow_; }
  SessionId session() const { return session_; }
  const HostTemplatePtr& host_template() const { return host_template_.shared(); }
  const SavedReplyRoute& way() const { return way_; }
  Conversation summary() const;
  /// How long the visitor has acknowledged nothing of the send queue; zero while that is empty.
  Duration stalled(Instant now) const {
    return queued() == 0 ? Duration{} : now - transfer_->progress_at;
  }

 private:
  // connection_connect.cc: section 3.10.7.3.
  void on_segment_in_syn_sent(HostContext& host, const TcpSegment& segment,
                              const TcpOptions& options);
  void on_syn_ack(HostContext& host, const TcpSegment& syn_ack, const TcpOptions& options);
  void fail_to_connect(HostContext& host, ConnectFailure why);

  // connection_receive.cc: the steps of section 3.10.7.4, in order.
  bool is_acceptable(const TcpSegment& segment) const;
  bool is_old_by_timestamp(const TcpSegment& segment, const TcpOptions& options) const;
  bool reject_unacceptable(HostContext& host, const TcpSegment& segment, const TcpOptions& options);
  void on_reset(HostContext& host, const TcpSegment& segment);
  void on_syn(HostContext& host, const TcpSegment& segment);
  bool on_handshake_ack(HostContext& host, const TcpSegment& segment);
  void establish(HostContext& host, const TcpSegment& segment);
  bool on_ack(HostContext& host, const TcpSegment& segment, const TcpOptions& options);
  void on_new_ack(HostContext& host, SeqNumber ack);
  std::size_t grow_send_buffer(const Limits& limits);
  void note_congestion(const TcpSegment& segment, Ecn ecn);
  void note_selective_acks(HostContext& host, const TcpOptions& options);
  void update_send_window(const TcpSegment& segment);
  void on_text(HostContext& host, const TcpSegment& segment);
  void take_text(HostContext& host, SeqNumber start, Bytes bytes);
  void on_fin(HostContext& host, SeqNumber fin);
  void deliver(HostContext& host, Bytes bytes);
  void acknowledge_soon(const HostContext& host, const TcpSegment& segment);
  void begin_quick_acks();
  void delay_acknowledgment(const HostContext& host);
  std::size_t note_known(HostContext& host, const TcpSegment& segment);
  void note_duplicate(HostContext& host, const SackBlock& duplicate);
  void grow_window(const HostContext& host, std::size_t bytes);
  void note_timestamp(const TcpSegment& segment, const TcpOptions& options);

  // connection_send.cc
  /// The SYN/ACK; in SYN-SENT, the SYN.
  void send_syn(HostContext& host);
  void send_pending(HostContext& host);
  void send_new_data(HostContext& host);
  void send_fin(HostContext& host);
  std::size_t send_from_queue(HostContext& host, SeqNumber from, std::size_t length);
  void resend(HostContext& host, std::size_t most_segments = SIZE_MAX);
  void send_window_probe(HostContext& host);
  void send_despite_small_window(HostContext& host);
  void send_part(HostContext& host, std::size_t length);
  std::size_t unsent() const {
    return static_cast<std::size_t>(end_of_queue().offset_from(send_next_));
  }
  void send_ack(HostContext& host);
  void send_challenge_ack(HostContext& host);
  void send_reset(HostContext& host, SeqNumber sequence, bool with_ack);
  void send_reset_of(HostContext& host, const TcpSegment& segment);
  void send(HostContext& host, std::uint8_t flags, SeqNumber sequence, Bytes payload);
  void transmit(HostContext& host, const TcpSegment& segment, std::uint8_t type_of_service);
  void put_options(HostContext& host, TcpOptionBytes& options) const;
  std::uint32_t timestamp(const HostContext& host) const {
    return timestamp_value(host.personality(), host.stack(), host.now) +
           negotiated_.timestamp_offset;
  }
  static constexpr std::size_t max_sack_blocks = 4;  // the most that forty bytes of options hold
  std::size_t pending_sack_blocks(std::span<SackBlock, max_sack_blocks> blocks) const;
  void retransmit_first(HostContext& host);
  void send_tail_probe(HostContext& host);
  void retransmit_lost(HostContext& host);
  std::uint16_t advertise_window();
  std::size_t largest_window(const Limits& limits) const;
  std::size_t usable_window() const;
  std::size_t segment_size(const HostContext& host) const;

  // connection_end.cc
  void end_conversation(HostContext& host, FlowEndReason end);
  void close(HostContext& host, FlowEndReason end);
  void note_activity(HostContext& host);
  void enter_time_wait(HostContext& host);
  void fin_is_acked(HostContext& host);

  // connection_timers.cc
  void on_retransmission_timeout(HostContext& host);
  const TcpQuirks& quirks() const { return host_template_->personality->quirks.tcp; }
  const RetransmissionRule& rule() const { return host_template_->personality->retransmission; }
  Duration retransmission_wait() const;
  void arm_retransmission(Instant now);
  void arm_for_new_data(const HostContext& host);

  std::uint32_t in_flight() const { return send_next_.value - send_unacked_.value; }
  /// Estimate of the bytes in the network: in flight, not selectively acknowledged, not known to be
  /// lost (RFC 6675).
  std::uint32_t pipe() const;
  SeqNumber lost_edge() const;
  SeqNumber end_of_queue() const { return send_unacked_ + static_cast<std::uint32_t>(queued()); }
  bool all_data_sent() const { return !send_next_.is_before(end_of_queue()); }
  bool may_send_data() const {
    return state_ == TcpState::established || state_ == TcpState::close_wait;
  }
  /// Whether a service has a session of this connection.
  bool has_session() const { return session_open_; }

  bool is_handshake() const {
    return state_ == TcpState::syn_received || state_ == TcpState::syn_sent;
  }
  TransferState& transfer(Instant now);
  /// Frees what an idle connection does not need. Call it after each event.
  void release_idle_state();
  std::size_t queued() const { return transfer_ == nullptr ? 0 : transfer_->send_queue.size(); }
  bool misses_bytes() const { return transfer_ != nullptr && !transfer_->out_of_order.empty(); }

  FlowKey flow_;
  TcpState state_ = TcpState::syn_received;
  std::uint8_t unacked_segments_ = 0;  // since our last acknowledgment
  std::uint8_t backoffs_ = 0;          // consecutive timeouts without progress
  std::uint8_t unanswered_ = 0;        // consecutive timeouts without a segment from the visitor
  static constexpr std::uint8_t max_quick_acks = 16;  // Linux, TCP_MAX_QUICKACKS
  std::uint8_t quick_acks_ = max_quick_acks;          // left; see TcpQuirks
  std::uint8_t challenges_ = 0;                       // challenge ACKs sent in challenged_in_
  std::uint8_t send_buffer_doublings_ = 0;
  bool session_open_ : 1 = false;
  bool output_ended_ : 1 = false;  // the service sends no more: FIN follows the last byte
  bool fin_sent_ : 1 = false;
  bool ack_now_ : 1 = false;            // an acknowledgment is pending in this call
  bool open_emitted_ : 1 = false;       // FlowOpened was emitted, FlowClosed not yet
  bool ecn_enabled_ : 1 = false;        // both sides offered ECN (RFC 3168 section 6.1.1)
  bool ece_pending_ : 1 = false;        // send ECE until the visitor sends CWR
  bool cwr_pending_ : 1 = false;        // send CWR with the next new data
  bool is_outbound_ : 1 = false;        // the host opened it
  bool may_be_fragmented_ : 1 = false;  // the path MTU is too small: clear DF instead
  bool is_interactive_ : 1 = false;     // acknowledges with what it sends: see TcpQuirks
  bool tail_probe_due_ : 1 = false;     // at retransmit_at_
  bool tail_probed_ : 1 = false;        // since the last new acknowledgment
  std::uint16_t path_mtu_ = 65'535;     // known so far
  std::uint16_t next_id_ = 0;           // of IP, if the connection counts its own
  std::uint16_t reported_mtu_ = 0;      // which a simulated router reports at mtu_report_at_
  std::uint32_t challenged_in_ = 0;     // the second of the last challenge, on the network's clock
  SessionId session_;
  Pinned<HostTemplate> host_template_;
  SavedReplyRoute way_;
  BufferTotals& waiting_bytes_;
  std::unique_ptr<Handshake> handshake_;     // null once established
  std::unique_ptr<TransferState> transfer_;  // null while idle

  NegotiatedOptions negotiated_;
  std::uint32_t recent_timestamp_ = 0;  // TS.Recent (RFC 7323 section 4.3)
  SeqNumber last_ack_sent_;

  // Send sequence variables (section 3.3.1).
  SeqNumber send_unacked_, send_next_;
  std::uint32_t send_window_ = 0, largest_send_window_ = 0;
  SeqNumber window_sequence_, window_acknowledgment_;  // SND.WL1, SND.WL2
  // Receive sequence variables.
  SeqNumber receive_next_, receive_edge_;  // right edge of the advertised window
  std::uint32_t receive_capacity_;
  std::uint32_t unconsumed_ = 0;  // delivered to the service and not yet consumed

  Congestion congestion_;
  RetransmissionTimer timer_;
  SeqNumber timed_sequence_;  // its acknowledgment ends the measured round trip
  Instant timed_since_ = Instant::max();
  Instant data_sent_at_ = Instant::max();  // when new data was last sent
  Instant retransmit_at_ = Instant::max(), acknowledge_at_ = Instant::max(),
          forget_at_ = Instant::max(), mtu_report_at_ = Instant::max();
  std::uint64_t received_bytes_ = 0, sent_bytes_ = 0;
  std::uint32_t received_packets_, sent_packets_;  // with SYN and SYN/ACK
  Instant opened_at_{};                            // end of the handshake
};

}  // namespace apiary
