#pragma once

#include <optional>

#include "host/host_context.h"
#include "wire/parsed_datagram.h"

namespace apiary {

/// A datagram for `host` with an ICMP message in it. Answers echo requests, and
/// timestamp, information and mask requests where its system does (RFC 792, RFC 950).
void handle_icmp(HostContext& host, const ParsedDatagram& parsed);

/// A received ICMP error, with its quotation of a datagram that the receiver sent.
struct ReceivedIcmpError {
  IcmpMessage message;
  IpDatagram about;
};
/// Nothing when `datagram` is no ICMP error, or one that makes no sense. Points into `datagram`.
std::optional<ReceivedIcmpError> read_icmp_error(const ParsedDatagram& datagram);

/// Whether `host` may send an ICMP error about `offending` (RFC 1122 section 3.2.2: not about an
/// ICMP error nor a later fragment; RFC 1812 section 4.3.2.8: within its allowance). Counts why
/// not.
bool may_report(HostContext& host, const IpDatagram& offending, IcmpType type);

/// Sends the sender of `offending` an error about it, shaped and quoted as the system would.
void emit_icmp_error(HostContext& host, const IpDatagram& offending, IcmpType type,
                     std::uint8_t code, const IcmpErrorShape& shape);

/// The ICMP error of a host or router about a datagram.
struct IcmpErrorKind {
  IcmpType type = IcmpType::time_exceeded;
  std::uint8_t code = 0;
  std::uint16_t next_mtu_bytes = 0;  // of the link it is too large for (RFC 1191 section 4)
};

/// Sends `report` about `offending`, if it may.
void send_icmp_error(HostContext& host, const IpDatagram& offending, const IcmpErrorKind& report);

/// A datagram for `host` of a protocol it does not speak (RFC 1122 section 3.2.2.1).
void answer_unknown_protocol(HostContext& host, const IpDatagram& datagram);

}  // namespace apiary
