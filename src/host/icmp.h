#pragma once

#include <optional>

#include "host/host_context.h"
#include "wire/parsed_datagram.h"

namespace apiary {

/// Handles an ICMP message to `host`. Answers echo requests, and timestamp, information and mask
/// requests if its system does (RFC 792, RFC 950).
void handle_icmp(HostContext& host, const ParsedDatagram& parsed);

/// A received ICMP error, with its quotation of a datagram that the receiver sent.
struct ReceivedIcmpError {
  IcmpMessage message;
  IpDatagram about;
};
/// Nothing if `datagram` is not an ICMP error, or is malformed. Points into `datagram`.
std::optional<ReceivedIcmpError> read_icmp_error(const ParsedDatagram& datagram);

/// Whether `host` may send an ICMP error about `offending` (RFC 1122 section 3.2.2: not about an
/// ICMP error nor a later fragment; RFC 1812 section 4.3.2.8: within its rate limit). If not,
/// counts the reason.
bool may_report(HostContext& host, const IpDatagram& offending, IcmpType type);

/// Sends the sender of `offending` an error about it, with the fields and the quotation of the
/// system.
void emit_icmp_error(HostContext& host, const IpDatagram& offending, IcmpType type,
                     std::uint8_t code, const IcmpErrorShape& shape);

/// The ICMP error of a host or router about a datagram.
struct IcmpErrorKind {
  IcmpType type = IcmpType::time_exceeded;
  std::uint8_t code = 0;
  std::uint16_t next_mtu_bytes = 0;  // of the link for which it is too large (RFC 1191 section 4)
  std::uint8_t wrong_byte = 0;       // the offset that parameter problem names (RFC 792)
};

/// Sends `report` about `offending`, if may_report().
void send_icmp_error(HostContext& host, const IpDatagram& offending, const IcmpErrorKind& report);

/// Drops a datagram whose IP options are malformed at this offset, and reports it if the system
/// does (RFC 1122 section 3.2.2.5).
void answer_bad_options(HostContext& host, const IpDatagram& datagram, std::size_t offset);

/// Handles a datagram of a protocol that `host` does not implement (RFC 1122 section 3.2.2.1).
void answer_unknown_protocol(HostContext& host, const IpDatagram& datagram);

}  // namespace apiary
