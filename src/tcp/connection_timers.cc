// What a connection does when time passes: retransmission, delayed acknowledgments, its end.
#include <algorithm>

#include "tcp/connection.h"

namespace apiary {

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

void Connection::arm_retransmission(Instant now) {
  const Duration wait = retransmission_wait();
  const std::uint32_t chance = send_unacked_.value + static_cast<std::uint32_t>(backoffs_);
  retransmit_at_ = now + wait + timer_error(rule().timer, wait, chance);
  tail_probe_due_ = false;
}

/// New data was sent, or some acknowledged: if all goes well, an acknowledgment comes within two
/// round trips; of a lone segment, it may be delayed (RFC 8985 section 7.2).
void Connection::arm_for_new_data(const HostContext& host) {
  constexpr Duration margin = milliseconds{8}, delayed = milliseconds{200};
  const bool is_armed = retransmit_at_ != Instant::max() && !tail_probe_due_;
  if (!is_armed) arm_retransmission(host.now);
  if (!quirks().probes_tail || !negotiated_.sack || is_handshake() || tail_probed_ ||
      backoffs_ > 0 || congestion_.recovering())
    return;
  const bool is_lone = in_flight() <= segment_size(host) && (!fin_sent_ || in_flight() == 1);
  const Instant probe = host.now + 2 * timer_.smoothed() + (is_lone ? delayed : margin);
  tail_probe_due_ = true;
  retransmit_at_ = std::min(retransmit_at_, probe);
}

void Connection::on_retransmission_timeout(HostContext& host) {
  if (tail_probe_due_ && in_flight() > 0) return send_tail_probe(host);
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
    resend(host, 1);
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
  arm_retransmission(host.now);
}

}  // namespace apiary
