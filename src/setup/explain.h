#pragma once

#include <optional>
#include <string>

#include "base/keyed_hash.h"
#include "setup/load.h"

namespace apiary {

/// Options of `apiary explain`.
struct ExplainOptions {
  std::string configuration;
  std::string address;
  std::string protocol;               // tcp, udp or icmp; empty: say nothing of a port
  std::string port;                   // number or name
  std::string visitor = "192.0.2.1";  // for templates that depend on who asks
  std::string visitor_system{};       // likewise; empty: unknown
  std::string personalities = default_personalities_file;
  std::string key;  // for make_host_key(), as of the daemon
  bool allows_spoofing = false;
};

/// What is at an address of a configuration that was read with its origins, and how packets get
/// there, as `apiary explain` says it, line by line.
std::string explanation(const ExaminedConfiguration& examined, const IpAddress& address,
                        const IpAddress& visitor, const HashKey& key, Instant now);

/// Prints what is at an address, the values chosen for that host as it is `now`, how packets get
/// there and what answers on a port, each with the place in the file that says so. Returns the exit
/// status: 1 when the configuration has errors or what is asked makes no sense.
int run_explain(const ExplainOptions& options, Instant now);

}  // namespace apiary
