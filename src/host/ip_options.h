#pragma once

#include <array>
#include <optional>

#include "base/address.h"
#include "base/bytes.h"
#include "base/time.h"

namespace apiary {

/// The IPv4 options of a received datagram that matter to hosts (RFC 791 section 3.1).
struct IpOptions {
  bool routes_by_source = false;  // loose or strict: hosts drop it today (RFC 7126)
  std::optional<std::size_t> record_route, timestamp;  // their positions
  std::optional<std::size_t>
      wrong;  // the first byte that is, as Linux checks them; reading ends there
};

IpOptions read_ip_options(Bytes options);

/// The options that a reply copies from its request: record route and timestamp, with entries of
/// the host's own if there is room (RFC 1122 section 3.2.2.6), and padding.
class EchoedOptions {
 public:
  /// `entries`: how many the host adds to each. Copies those before the first malformed one.
  EchoedOptions(Bytes options, int entries, const IpAddress& host, Instant now);
  /// Valid as long as this object.
  Bytes bytes() const { return Bytes(bytes_).first(size_); }

 private:
  /// A copy of the option at the front of `option`.
  std::span<std::uint8_t> copy(Bytes option);

  std::array<std::uint8_t, 40> bytes_{};
  std::size_t size_ = 0;
};

}  // namespace apiary
