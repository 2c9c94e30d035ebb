#pragma once

#include <optional>
#include <string_view>

#include "base/random.h"
#include "wire/dhcp.h"

namespace apiary {

/// An address that a server leased.
struct Lease {
  IpAddress address, server;
  MacAddress server_mac;  // who to speak to: the server's card, or a relay's
  Instant obtained{}, renew{}, rebind{}, expire{};  // Instant::max(): never
};

/// What a DHCP client does about its state.
class DhcpActions {
 public:
  virtual ~DhcpActions() = default;
  /// Sends `message`, to the server of `lease` alone if there is one.
  virtual void send(const DhcpMessage& message, const IpAddress& from, const Lease* to) = 0;
  /// Asks the link who has `address` (RFC 5227 section 2.1.1).
  virtual void probe(const IpAddress& address) = 0;
  /// Tells the link that the client has `address` (RFC 5227 section 2.3).
  virtual void announce(const IpAddress& address) = 0;
  /// Whether nobody of ours has the address.
  virtual bool is_free(const IpAddress& address) = 0;
  virtual void gained(const Lease& lease) = 0;
  /// The address is not the client's, or no longer.
  virtual void lost(const Lease& lease, std::string_view why) = 0;
};

/// The DHCP client of one host: the states of RFC 2131 section 4.4, and the check that nobody has
/// the address already (RFC 5227). It does nothing before the first on_time().
class DhcpClient {
 public:
  enum class State : std::uint8_t {
    init,
    selecting,
    requesting,
    probing,  // whether somebody has the address that it was leased
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

  /// A message of a server came from `from`.
  void on_message(Instant now, const DhcpMessage& message, const MacAddress& from, Random& random,
                  DhcpActions& actions);
  /// The link says that another machine has the address, or wants it.
  void on_conflict(Instant now, bool is_only_asked, Random& random, DhcpActions& actions);
  /// The machine that the hosts are on has the address.
  void leave_to_machine(Instant now, Random& random, DhcpActions& actions) {
    if (lease() != nullptr) decline(now, random, actions);
  }
  void on_time(Instant now, Random& random, DhcpActions& actions);
  Instant next_due() const { return due_; }

  /// Gives the address back, if it has one.
  void release(DhcpActions& actions, std::string_view why);

  State state() const { return state_; }
  const MacAddress& mac() const { return mac_; }
  /// The lease that counts; nullptr: it has none (yet).
  const Lease* lease() const { return state_ >= State::bound ? &lease_ : nullptr; }
  /// The address that it asks for, or has.
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
