#pragma once

#include <optional>
#include <string_view>

#include "base/random.h"
#include "lan/dhcp_lease.h"
#include "wire/dhcp.h"

namespace apiary {

/// The effects of a DHCP client.
class DhcpActions {
 public:
  virtual ~DhcpActions() = default;
  /// Sends `message`: to the server of `lease`, or as a broadcast if that is null.
  virtual void send(const DhcpMessage& message, const IpAddress& from, const Lease* to) = 0;
  /// Sends an ARP probe for `address` (RFC 5227 section 2.1.1).
  virtual void probe(const IpAddress& address) = 0;
  /// Announces `address` on the link (RFC 5227 section 2.3).
  virtual void announce(const IpAddress& address) = 0;
  /// Whether no other host of the honeynet has the address.
  virtual bool is_free(const IpAddress& address) = 0;
  virtual void gained(const Lease& lease) = 0;
  /// The client lost the address, or never had it.
  virtual void lost(const Lease& lease, std::string_view why) = 0;
};

/// The DHCP client of one host: the states of RFC 2131 section 4.4, and the conflict detection of
/// RFC 5227. It does nothing before the first on_time().
class DhcpClient {
 public:
  enum class State : std::uint8_t {
    init,
    selecting,
    requesting,
    probing,  // checks whether another machine has the leased address
    bound,
    renewing,
    rebinding,
  };
  static constexpr int probes = 3, announcements = 2;
  static constexpr Duration probe_interval = seconds{1}, announce_interval = seconds{2};
  static constexpr Duration defend_interval = seconds{10};     // RFC 5227 section 2.4
  static constexpr Duration rest_after_decline = seconds{10};  // RFC 2131 section 3.1
  static constexpr Duration max_start_time = seconds{3};

  /// `mac` is the client's.
  DhcpClient(const MacAddress& mac, Instant now, Random& random);

  /// Handles a message of a server from the MAC address `from`.
  void on_message(Instant now, const DhcpMessage& message, const MacAddress& from, Random& random,
                  DhcpActions& actions);
  /// Another machine on the link has the address, or probes for it.
  void on_conflict(Instant now, bool is_only_asked, Random& random, DhcpActions& actions);
  /// The machine that runs Apiary has the address.
  void leave_to_machine(Instant now, Random& random, DhcpActions& actions) {
    if (lease() != nullptr) decline(now, random, actions);
  }
  void on_time(Instant now, Random& random, DhcpActions& actions);
  Instant next_due() const { return due_; }

  /// Releases the address, if it has one.
  void release(DhcpActions& actions, std::string_view why);

  State state() const { return state_; }
  const MacAddress& mac() const { return mac_; }
  /// The current lease; nullptr if it has none.
  const Lease* lease() const { return state_ >= State::bound ? &lease_ : nullptr; }
  /// The address that it requests or has.
  const IpAddress& address() const { return lease_.address; }

 private:
  void begin(Instant now, Random& random);
  void discover(Instant now, Random& random, DhcpActions& actions);
  void request(Instant now, Random& random, DhcpActions& actions);
  void take(Instant now, const DhcpMessage& ack, const MacAddress& from, Random& random,
            DhcpActions& actions);
  void check(Instant now, Random& random, DhcpActions& actions);
  void bind(Instant now, Random& random, DhcpActions& actions);
  void keep(Instant now, Random& random, DhcpActions& actions);
  void renew(Instant now, DhcpActions& actions);
  void decline(Instant now, Random& random, DhcpActions& actions);
  void lose(Instant now, std::string_view why, DhcpActions& actions);
  DhcpMessage message(DhcpType type, Instant now) const;

  MacAddress mac_;
  State state_ = State::init;
  Instant due_, began_{}, defended_ = Instant::min();
  std::uint32_t transaction_ = 0;
  int sent_ = 0;  // in this state
  Lease lease_{};
};

std::string_view to_string(DhcpClient::State state);

}  // namespace apiary
