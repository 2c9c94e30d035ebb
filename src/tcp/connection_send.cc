// How a connection sends: new data, acknowledgments, retransmissions.
#include <algorithm>
#include <array>
#include <utility>

#include "tcp/connection.h"

namespace apiary {
namespace {

constexpr std::size_t timestamps_bytes = 12;  // the option with its padding
// Linux, with the default buffer of 128 KiB: the largest first window, and what the buffer holds
// more.
constexpr std::size_t first_limit = 80'896, buffer_beyond_window = 1483;
constexpr int challenges_per_second = 10;  // RFC 5961 section 7

}  // namespace

void Connection::send_syn(HostContext& host) {
  TcpOptionBytes options = handshake_->options;
  if (negotiated_.timestamps) options.set_timestamps_value(timestamp(host));
  const TcpSegment segment{.source_port = flow_.local.port,
                           .destination_port = flow_.remote.port,
                           .sequence = send_unacked_,
                           .acknowledgment = receive_next_,
                           .flags = handshake_->flags,
                           .reserved = handshake_->reserved,
                           .window = handshake_->window,
                           .urgent_pointer = handshake_->urgent_pointer,
                           .options = options.bytes(),
                           .payload = {}};
  transmit(host, segment, 0);
}

/// Sends all data that may leave now, and a pending acknowledgment.
void Connection::send_pending(HostContext& host) {
  if (is_closed()) return;
  if (transfer_ != nullptr) {
    if (transfer_->resend_next.is_before(transfer_->resend_end)) resend(host);
    if (congestion_.recovering() && !transfer_->scoreboard.empty()) retransmit_lost(host);
  }
  if (may_send_data()) send_new_data(host);
  if (may_send_data() && output_ended_ && all_data_sent()) send_fin(host);
  if (ack_now_) send_ack(host);
  const bool waits_for_window = may_send_data() && !all_data_sent() && in_flight() == 0;
  if (waits_for_window && retransmit_at_ == Instant::max()) arm_retransmission(host.now);
}

void Connection::send_new_data(HostContext& host) {
  const std::size_t full = segment_size(host);
  if (in_flight() == 0 && data_sent_at_ != Instant::max() &&
      host.now - data_sent_at_ > timer_.timeout(0, rule()))
    congestion_.restart();
  while (!all_data_sent()) {
    const std::size_t length = std::min({unsent(), usable_window(), full});
    if (length == 0) return;
    const bool is_rest = length == unsent();
    // A partial segment leaves only if no other partial segment is in flight (Nagle, RFC 9293
    // section 3.7.4, as Minshall modified it, so that the rest behind full segments does not wait
    // for a delayed acknowledgment), or if it is the last one. A small window gets no small
    // segments (section 3.8.6.2.1).
    const bool part_is_in_flight = send_unacked_.is_before(transfer_->part_end);
    if (length < full && part_is_in_flight && !(is_rest && output_ended_)) return;
    if (length < full && !is_rest && length < largest_send_window_ / 2) return;
    send_part(host, length);
    if (length < full) transfer_->part_end = send_next_;
  }
}

/// Sends the next `length` bytes of the queue for the first time.
void Connection::send_part(HostContext& host, std::size_t length) {
  const auto count = static_cast<std::uint32_t>(length);
  is_interactive_ = true;
  if (timed_since_ == Instant::max()) {
    timed_since_ = host.now;
    timed_sequence_ = send_next_ + count;
  }
  data_sent_at_ = host.now;
  send_from_queue(host, send_next_, length);
  if (in_flight() == 0) {  // what it waited for was a window
    retransmit_at_ = Instant::max();
    backoffs_ = 0;
  }
  send_next_ = send_next_ + count;
  arm_for_new_data(host);
}

/// Sends a small segment if the window stays small (RFC 9293 section 3.8.6.2.1, the override
/// timeout).
void Connection::send_despite_small_window(HostContext& host) {
  send_part(host, std::min({unsent(), usable_window(), segment_size(host)}));
}

void Connection::send_fin(HostContext& host) {
  send(host, tcp_flag::fin | tcp_flag::ack, send_next_, {});
  send_next_ = send_next_ + 1;
  fin_sent_ = true;
  forget_at_ = Instant::max();  // from here on, retransmission ends the connection
  state_ = state_ == TcpState::close_wait ? TcpState::last_ack : TcpState::fin_wait_1;
  arm_for_new_data(host);
}

/// Sends up to `length` bytes of the queue, with the FIN behind them if it was sent before, or the
/// FIN alone. Returns how many sequence numbers they take.
std::size_t Connection::send_from_queue(HostContext& host, SeqNumber from, std::size_t length) {
  const auto offset = static_cast<std::size_t>(from.offset_from(send_unacked_));
  if (offset >= queued()) {
    if (fin_sent_) send(host, tcp_flag::fin | tcp_flag::ack, from, {});
    return 1;
  }
  std::array<std::uint8_t, PacketPool::max_packet_bytes> scratch;
  const std::size_t size = std::min({length, queued() - offset, scratch.size()});
  const bool empties_queue = offset + size == queued();
  int flags = tcp_flag::ack;
  if (empties_queue) flags |= tcp_flag::psh;
  if (empties_queue && fin_sent_) flags |= tcp_flag::fin;
  send(host, static_cast<std::uint8_t>(flags), from,
       transfer_->send_queue.read(offset, size, scratch));
  return (flags & tcp_flag::fin) != 0 ? size + 1 : size;
}

/// Retransmits what was in flight when the timer expired, as the congestion window allows.
void Connection::resend(HostContext& host, std::size_t most_segments) {
  const std::size_t full = segment_size(host);
  SeqNumber& next = transfer_->resend_next;
  while (most_segments-- > 0 && next.is_before(transfer_->resend_end) &&
         next.value - send_unacked_.value < congestion_.window()) {
    const auto left = static_cast<std::size_t>(transfer_->resend_end.offset_from(next));
    next = next + static_cast<std::uint32_t>(send_from_queue(host, next, std::min(full, left)));
  }
  timed_since_ = Instant::max();  // Karn: a retransmitted segment measures no round trip
}

void Connection::retransmit_first(HostContext& host) {
  const std::size_t sent = send_from_queue(host, send_unacked_, segment_size(host));
  transfer(host.now).recovered_until = send_unacked_ + static_cast<std::uint32_t>(sent);
  timed_since_ = Instant::max();
}

/// Sends the last segment again, so that the visitor's acknowledgment shows what it lacks.
void Connection::send_tail_probe(HostContext& host) {
  const auto full = static_cast<std::uint32_t>(segment_size(host));
  const std::uint32_t rest = in_flight() % full;
  const std::uint32_t length = fin_sent_ ? 1 : rest == 0 ? full : rest;
  send_from_queue(host, send_next_ - length, length);
  timed_since_ = Instant::max();
  tail_probed_ = true;
  arm_retransmission(host.now);
}

/// Retransmits the holes of the scoreboard, as the congestion window allows.
void Connection::retransmit_lost(HostContext& host) {
  const std::size_t full = segment_size(host);
  SeqNumber& recovered_until = transfer_->recovered_until;
  while (pipe() + full <= congestion_.window()) {
    if (recovered_until.is_before(send_unacked_)) recovered_until = send_unacked_;
    const SackBlock hole = transfer_->scoreboard.hole_after(recovered_until);
    if (hole.start == hole.end || !hole.start.is_before(lost_edge())) return;
    const auto missing = static_cast<std::size_t>(hole.end.offset_from(hole.start));
    const std::size_t sent = send_from_queue(host, hole.start, std::min(full, missing));
    recovered_until = hole.start + static_cast<std::uint32_t>(sent);
    timed_since_ = Instant::max();
  }
}

/// Holes below it are lost, not only late.
SeqNumber Connection::lost_edge() const {
  const std::uint32_t certain = (Congestion::duplicates_for_loss - 1) * negotiated_.send_mss;
  const SeqNumber edge = transfer_->scoreboard.highest() - certain;
  return edge.is_after(send_unacked_) ? edge : send_unacked_ + 1;
}

std::uint32_t Connection::pipe() const {
  if (transfer_ == nullptr || transfer_->scoreboard.empty()) return in_flight();
  const SeqNumber recovered = transfer_->recovered_until;
  const SeqNumber from = recovered.is_before(send_unacked_) ? send_unacked_ : recovered;
  const Scoreboard& scoreboard = transfer_->scoreboard;
  return in_flight() - scoreboard.held_bytes() - scoreboard.missing_bytes(from, lost_edge());
}

void Connection::send_ack(HostContext& host) { send(host, tcp_flag::ack, send_next_, {}); }

void Connection::send_challenge_ack(HostContext& host) {
  const auto second = static_cast<std::uint32_t>(
      std::chrono::duration_cast<seconds>(host.now.time_since_epoch()).count());
  if (std::exchange(challenged_in_, second) != second) challenges_ = 0;
  if (challenges_ >= challenges_per_second) return host.drop(DropReason::duplicate_or_stray);
  ++challenges_;
  send_ack(host);
}

/// Sends an acknowledgment outside of the visitor's window, which the visitor answers with its
/// window (RFC 9293 section 3.8.6.1). The number is SND.UNA - 1, as Linux does it.
void Connection::send_window_probe(HostContext& host) {
  send(host, tcp_flag::ack, send_unacked_ - 1, {});
}

void Connection::send_reset(HostContext& host, SeqNumber sequence, bool with_ack) {
  const auto flags = static_cast<std::uint8_t>(tcp_flag::rst | (with_ack ? tcp_flag::ack : 0));
  send(host, flags, sequence, {});
}

/// Resets a segment without an acknowledgment (RFC 9293 section 3.10.7.1).
void Connection::send_reset_of(HostContext& host, const TcpSegment& segment) {
  receive_next_ = segment.sequence + segment.length();
  send_reset(host, SeqNumber{0}, true);
}

void Connection::send(HostContext& host, std::uint8_t flags, SeqNumber sequence, Bytes payload) {
  TcpOptionBytes options;
  const bool is_reset = (flags & tcp_flag::rst) != 0;
  if (!is_reset) put_options(host, options);
  // Only new data is sent as ECN-capable (RFC 3168 section 6.1.4).
  const bool may_be_marked = ecn_enabled_ && !payload.empty() && sequence == send_next_;
  if (may_be_marked && cwr_pending_) {
    flags |= tcp_flag::cwr;
    cwr_pending_ = false;
  }
  if (ece_pending_ && !is_reset) flags |= tcp_flag::ece;
  const TcpSegment segment{
      .source_port = flow_.local.port,
      .destination_port = flow_.remote.port,
      .sequence = sequence,
      .acknowledgment = (flags & tcp_flag::ack) != 0 ? receive_next_ : SeqNumber{},
      .flags = flags,
      .window = is_reset ? std::uint16_t{0} : advertise_window(),
      .options = options.bytes(),
      .payload = payload};
  transmit(host, segment, may_be_marked ? static_cast<std::uint8_t>(Ecn::capable_0) : 0);
  if (transfer_ != nullptr) transfer_->duplicate = {};
  last_ack_sent_ = receive_next_;
  ack_now_ = false;
  if (quick_acks_ > 0) --quick_acks_;
  unacked_segments_ = 0;
  acknowledge_at_ = Instant::max();
}

void Connection::transmit(HostContext& host, const TcpSegment& segment,
                          std::uint8_t type_of_service) {
  IpHeaderTraits shape = shape_connection(host.personality(), host.stack(), host.now);
  if (may_be_fragmented_) shape.dont_fragment = false;
  if (quirks().counts_ids && !is_handshake() && state_ != TcpState::time_wait)
    shape.identification = next_id_++;
  IpDatagram header = host.header(shape, flow_.remote.address, IpProtocol::tcp);
  header.traffic_class = type_of_service;
  const std::size_t size = ip_header_size_bytes(header) + tcp_size_bytes(segment);
  const bool is_unvalidated = state_ == TcpState::syn_received;
  if (is_unvalidated && !host.may_send_segment(size)) return;
  ++sent_packets_;
  const auto refused = host.outlet.send_tcp(host.way, header, segment);
  if (!refused || mtu_report_at_ != Instant::max()) return;
  reported_mtu_ = refused->mtu_bytes;
  mtu_report_at_ = host.now + refused->round_trip;
}

/// The options of every segment after the handshake (RFC 7323 appendix A, RFC 2018 section 3).
void Connection::put_options(HostContext& host, TcpOptionBytes& options) const {
  if (negotiated_.timestamps) {
    options.put_nop();
    options.put_nop();
    options.put_timestamps({timestamp(host), recent_timestamp_});
  }
  std::array<SackBlock, max_sack_blocks> blocks;
  if (const std::size_t count = pending_sack_blocks(blocks)) {
    options.put_nop();
    options.put_nop();
    options.put_sack(std::span(blocks).first(count));
  }
}

/// Writes the SACK blocks to send: with timestamps, only three fit. Returns their number.
std::size_t Connection::pending_sack_blocks(std::span<SackBlock, max_sack_blocks> blocks) const {
  if (!negotiated_.sack || transfer_ == nullptr) return 0;
  const std::size_t room = negotiated_.timestamps ? max_sack_blocks - 1 : max_sack_blocks;
  const bool has_duplicate = transfer_->duplicate.start != transfer_->duplicate.end;
  std::size_t count = 0;
  if (has_duplicate) blocks[count++] = transfer_->duplicate;
  const std::size_t held = transfer_->out_of_order.sack_blocks(blocks.subspan(count, room - count));
  const auto pieces = blocks.subspan(count, held);
  count += held;
  if (!transfer_->fin_waits) return count;
  const SeqNumber fin = transfer_->fin_at;  // takes a number, too
  const auto before = std::ranges::find(pieces, fin, &SackBlock::end);
  if (before != pieces.end())
    ++before->end.value;
  else if (count < room)
    blocks[count++] = {fin, fin + 1};
  return count;
}

/// The window to advertise. Its right edge never moves back (RFC 9293 section 3.8.6), and moves
/// forward in steps of at least a segment (section 3.8.6.2.2).
std::uint16_t Connection::advertise_window() {
  const int shift = negotiated_.receive_window_shift;
  const bool grows = quirks().window_grows;
  std::size_t room = receive_capacity_;
  if (grows && shift > 0) room = std::max(room, first_limit) + buffer_beyond_window;
  room -= std::min<std::size_t>(unconsumed_, room);
  auto free = static_cast<std::uint32_t>(std::min<std::size_t>(receive_capacity_, room));
  // Linux rounds up, so that the scale hides no room, once the connection is open.
  const std::uint32_t unit = grows && !is_handshake() ? 1U << shift : 1;
  free = (free + unit - 1) / unit * unit;
  const SeqNumber edge = receive_next_ + free;
  const std::uint32_t step = unit > 1 ? 1 : std::min<std::uint32_t>(receive_capacity_ / 2, 1460);
  if (edge.is_after(receive_edge_) &&
      edge.value - receive_edge_.value >= std::min(step, receive_capacity_))
    receive_edge_ = edge;
  const std::uint32_t promised = receive_edge_.value - receive_next_.value;
  return static_cast<std::uint16_t>(std::min<std::uint32_t>((promised + unit - 1) >> shift, 65535));
}

/// What a window that grows may become: more as more bytes arrive (Linux, tcp_rcv_space_adjust).
std::size_t Connection::largest_window(const Limits& limits) const {
  constexpr std::size_t settled = 262'144;
  if (negotiated_.receive_window_shift == 0) return receive_capacity_;
  const std::size_t later =
      received_bytes_ < settled ? 0 : static_cast<std::size_t>(received_bytes_ - settled) / 4;
  return std::min({limits.receive_buffer_bytes, first_limit + later,
                   std::size_t{65'535} << negotiated_.receive_window_shift});
}

/// How many more bytes the send window and the congestion window allow now.
std::size_t Connection::usable_window() const {
  const auto left = [](std::uint32_t window, std::uint32_t used) {
    return window > used ? window - used : 0;
  };
  return std::min(left(send_window_, in_flight()), left(congestion_.window(), pipe()));
}

/// The largest payload of a segment that we send.
std::size_t Connection::segment_size(const HostContext& host) const {
  const std::size_t mtu = std::min({host.outlet.interface(host.way.exit.interface).mtu_bytes,
                                    PacketPool::max_packet_bytes, std::size_t{path_mtu_}});
  const std::size_t headers =
      min_ip_header_bytes(flow_.remote.address.version()) + sizeof(wire::TcpHeader);
  const std::size_t agreed = std::min<std::size_t>(negotiated_.send_mss, mtu - headers);
  // RFC 6691: the other side's MSS does not count options, so we subtract them from the payload.
  std::size_t options = negotiated_.timestamps ? timestamps_bytes : 0;
  std::array<SackBlock, max_sack_blocks> blocks;
  if (const std::size_t count = pending_sack_blocks(blocks)) options += 4 + 8 * count;
  const std::size_t size = std::max<std::size_t>(agreed > options ? agreed - options : 0, 1);
  // Linux (tcp_bound_to_half_wnd): two segments fit in a small window.
  const bool halves = quirks().window_grows && largest_send_window_ > default_mss;
  return halves ? std::min<std::size_t>(size, largest_send_window_ / 2) : size;
}

}  // namespace apiary
