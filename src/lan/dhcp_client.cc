#include "lan/dhcp_client.h"

#include <algorithm>

namespace apiary {
namespace {

// RFC 2131 section 4.1: 4, 8, 16, 32, 64 seconds, each up to a second more or less.
constexpr Duration first_retry = seconds{4}, waver = seconds{1};
constexpr int max_retry_doublings = 4;
constexpr int max_requests = 4;
// RFC 2131 section 4.4.5.
constexpr Duration least_renewal_retry = seconds{60};

Duration retry_time(int sent, Random& random) {
  return first_retry * (1 << std::min(sent, max_retry_doublings)) - waver +
         below(2 * waver, random);
}

bool can_be_a_hosts(const IpAddress& address) {
  return !address.is_unspecified() && !address.is_loopback() && !address.is_multicast() &&
         address.v4_value() < 0xf0000000;
}

}  // namespace

DhcpClient::DhcpClient(const MacAddress& mac, Instant now, Random& random)
    : mac_(mac), due_(now + below(max_start_time, random)) {}

DhcpMessage DhcpClient::message(DhcpType type, Instant now) const {
  const auto waited = std::chrono::duration_cast<seconds>(now - began_).count();
  return {.type = type,
          .transaction = transaction_,
          .seconds = static_cast<std::uint16_t>(std::clamp<std::int64_t>(waited, 0, 0xffff)),
          .client_mac = mac_,
          .server = {},
          .requested = {},
          .lease = {},
          .renewal = {},
          .rebinding = {}};
}

void DhcpClient::begin(Instant now, Random& random) {
  transaction_ = static_cast<std::uint32_t>(random.next());
  began_ = now;
  sent_ = 0;
}

void DhcpClient::discover(Instant now, Random& random, DhcpActions& actions) {
  state_ = State::selecting;
  actions.send(message(DhcpType::discover, now), IpAddress::v4(0), nullptr);
  due_ = now + retry_time(sent_++, random);
}

/// Requests the address from the server that made the offer (RFC 2131 section 4.3.2).
void DhcpClient::request(Instant now, Random& random, DhcpActions& actions) {
  if (sent_ == max_requests) {
    begin(now, random);
    return discover(now, random, actions);
  }
  DhcpMessage wanted = message(DhcpType::request, now);
  wanted.requested = lease_.address;
  wanted.server = lease_.server;
  actions.send(wanted, IpAddress::v4(0), nullptr);
  due_ = now + retry_time(sent_++, random);
}

void DhcpClient::on_message(Instant now, const DhcpMessage& message, const MacAddress& from,
                            Random& random, DhcpActions& actions) {
  if (!message.from_server || message.client_mac != mac_ || message.transaction != transaction_)
    return;
  const bool is_waiting =
      state_ == State::requesting || state_ == State::renewing || state_ == State::rebinding;
  switch (message.type) {
    case DhcpType::offer:
      if (state_ != State::selecting || !message.server || !can_be_a_hosts(message.yours)) return;
      lease_ = {.address = message.yours, .server = *message.server, .server_mac = from};
      state_ = State::requesting;
      sent_ = 0;
      return request(now, random, actions);
    case DhcpType::ack:
      if (is_waiting && message.lease && message.yours == lease_.address)
        take(now, message, from, random, actions);
      return;
    case DhcpType::nak:
      if (!is_waiting) return;
      lose(now, "the server refuses it", actions);
      due_ = now + below(max_start_time, random);
      return;
    default:
      return;
  }
}

void DhcpClient::take(Instant now, const DhcpMessage& ack, const MacAddress& from, Random& random,
                      DhcpActions& actions) {
  if (ack.server) lease_.server = *ack.server;
  lease_.server_mac = from;
  set_times(lease_, ack, now, random);
  if (state_ != State::requesting) {
    state_ = State::bound;
    sent_ = announcements;
    due_ = lease_.renew;
    return;
  }
  state_ = State::probing;
  if (!actions.is_free(lease_.address)) return decline(now, random, actions);
  sent_ = 0;
  due_ = now + below(probe_interval / 4, random);
}

void DhcpClient::check(Instant now, Random& random, DhcpActions& actions) {
  if (sent_++ == probes) return bind(now, random, actions);
  actions.probe(lease_.address);
  due_ = now + probe_interval - below(probe_interval / 8, random);
}

void DhcpClient::bind(Instant now, Random& random, DhcpActions& actions) {
  state_ = State::bound;
  sent_ = 0;
  actions.gained(lease_);
  keep(now, random, actions);
}

/// Enters BOUND: announces the address, and waits until the renewal is due.
void DhcpClient::keep(Instant now, Random& random, DhcpActions& actions) {
  if (sent_ < announcements) {
    actions.announce(lease_.address);
    ++sent_;
    due_ = sent_ < announcements ? now + announce_interval : lease_.renew;
    return;
  }
  begin(now, random);
  state_ = State::renewing;
  renew(now, actions);
}

/// Requests an extension of the lease: from its server, later from any (RFC 2131 section 4.4.5).
void DhcpClient::renew(Instant now, DhcpActions& actions) {
  if (now >= lease_.expire) return lose(now, "the lease ran out", actions);
  if (now >= lease_.rebind) state_ = State::rebinding;
  DhcpMessage wanted = message(DhcpType::request, now);
  wanted.client = lease_.address;
  actions.send(wanted, lease_.address, state_ == State::renewing ? &lease_ : nullptr);
  const Instant until = state_ == State::renewing ? lease_.rebind : lease_.expire;
  due_ = std::min(until, now + std::max(least_renewal_retry, (until - now) / 2));
}

void DhcpClient::on_time(Instant now, Random& random, DhcpActions& actions) {
  if (now < due_) return;
  switch (state_) {
    case State::init:
      begin(now, random);
      return discover(now, random, actions);
    case State::selecting:
      return discover(now, random, actions);
    case State::requesting:
      return request(now, random, actions);
    case State::probing:
      return check(now, random, actions);
    case State::bound:
      return keep(now, random, actions);
    case State::renewing:
    case State::rebinding:
      return renew(now, actions);
  }
}

void DhcpClient::on_conflict(Instant now, bool is_only_asked, Random& random,
                             DhcpActions& actions) {
  if (state_ == State::probing) return decline(now, random, actions);
  if (lease() == nullptr || is_only_asked) return;
  if (defended_ == Instant::min() || now - defended_ >= defend_interval) {
    defended_ = now;
    return actions.announce(lease_.address);
  }
  decline(now, random, actions);
}

/// Declines the address, since another machine has it (RFC 2131 section 4.4.4), and starts again.
void DhcpClient::decline(Instant now, Random& random, DhcpActions& actions) {
  DhcpMessage refused = message(DhcpType::decline, now);
  refused.requested = lease_.address;
  refused.server = lease_.server;
  actions.send(refused, IpAddress::v4(0), nullptr);
  lose(now, "another machine has it", actions);
  due_ = now + rest_after_decline + below(max_start_time, random);
}

void DhcpClient::release(DhcpActions& actions, std::string_view why) {
  if (lease() == nullptr) return;
  DhcpMessage given = message(DhcpType::release, began_);
  given.client = lease_.address;
  given.server = lease_.server;
  actions.send(given, lease_.address, &lease_);
  lose(began_, why, actions);
  due_ = Instant::max();
}

void DhcpClient::lose(Instant now, std::string_view why, DhcpActions& actions) {
  const bool was_leased = state_ >= State::probing;
  state_ = State::init;
  due_ = now;
  if (was_leased) actions.lost(lease_, why);
}

std::string_view to_string(DhcpClient::State state) {
  switch (state) {
    case DhcpClient::State::init:
      return "waiting";
    case DhcpClient::State::selecting:
      return "asking";
    case DhcpClient::State::requesting:
      return "requesting";
    case DhcpClient::State::probing:
      return "checking";
    case DhcpClient::State::bound:
      return "bound";
    case DhcpClient::State::renewing:
      return "renewing";
    case DhcpClient::State::rebinding:
      return "rebinding";
  }
  return "unknown";
}

}  // namespace apiary
