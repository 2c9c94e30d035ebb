#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/numbers.h"

namespace apiary {

/// The protocol of a service, as far as an audit speaks it.
enum class ServiceKind : std::uint8_t { unknown, http, ssh, ftp, smtp, telnet, pop3, imap };

/// From the service's first words, else from the port.
ServiceKind service_kind(Port port, std::string_view banner);
/// Whether TLS is usual at `port`.
bool speaks_tls(Port port);
/// Whether a real service at `port` speaks first or answers any text; else silence is usual.
bool speaks_to_anyone(Port port);

/// An ordinary first request.
std::string request_for(Port port, std::string_view banner);
/// Wrong inputs, each for a connection of its own.
const std::vector<std::string>& nonsense_for(ServiceKind kind);
/// The lines of a login with a name and a password that nobody has; empty: the protocol has none.
std::vector<std::string> login_for(ServiceKind kind);
/// A ClientHello of TLS 1.2, whose answer has the certificate in the clear.
std::string client_hello();

}  // namespace apiary
