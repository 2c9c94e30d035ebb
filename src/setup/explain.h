#pragma once

#include <optional>
#include <string>

#include "base/keyed_hash.h"
#include "service/spawner.h"
#include "setup/load.h"

namespace apiary {

/// Options of `apiary explain`.
struct ExplainOptions {
  std::string configuration;
  std::string address;
  std::string protocol;               // tcp, udp or icmp; empty: explain no port
  std::string port;                   // number or name
  std::string visitor = "192.0.2.1";  // for templates that depend on the visitor
  std::string visitor_system{};       // likewise; empty: unknown
  std::string personalities = default_personalities_file;
  std::string key;  // for make_host_key(), as with the daemon
  bool allows_spoofing = false;
  ContainMode contain = ContainMode::required;  // what the daemon is given
};

/// The host at an address and the path to it, line by line, as `apiary explain` prints them. The
/// configuration must have its origins.
std::string explanation(const ExaminedConfiguration& examined, const IpAddress& address,
                        const IpAddress& visitor, const HashKey& key, Instant now);

/// Prints the host at an address with its individual values `now`, the path to it and what answers
/// on a port, each with its place in the file. Returns the exit status: 1 if the configuration has
/// errors or an option is invalid.
int run_explain(const ExplainOptions& options, Instant now);

}  // namespace apiary
