#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "session/egress_rule.h"

namespace apiary {

/// A program that reads the visitor's bytes from stdin and answers on stdout. Each conversation
/// starts a process. No shell runs the command: split_command() splits it into words.
struct Script {
  std::string command;
  bool operator==(const Script&) const = default;
};

/// How the target of a proxy learns who the visitor is.
enum class VisitorDisclosure : std::uint8_t {
  none,            // it sees a connection of this machine
  proxy_protocol,  // from the header before the data (PROXY protocol, version 2)
  transparent,     // the connection comes from the visitor's address
};

/// The server to which a proxy forwards the conversation.
struct Proxy {
  std::string target;  // "HOST:PORT", or "unix:/PATH" of a Unix socket; with variables
  VisitorDisclosure disclosure = VisitorDisclosure::none;
  bool operator==(const Proxy&) const = default;
};

/// "proxy-protocol", as the configuration has it; empty for none.
std::string_view name_of(VisitorDisclosure disclosure);
/// "proxy 10.0.0.1:22 transparent", for people.
std::string describe(const Proxy& proxy);

/// A service inside the daemon, without process and descriptor: echo, discard, chargen, daytime and
/// time (RFC 862, 863, 864, 867 and 868).
enum class BuiltIn : std::uint8_t { echo, discard, chargen, daytime, time };

/// The names of built-in services in configurations, indexed by BuiltIn.
inline constexpr std::array<std::string_view, 5> built_in_names = {"echo", "discard", "chargen",
                                                                   "daytime", "time"};
inline std::string_view name_of(BuiltIn service) {
  return built_in_names[static_cast<std::size_t>(service)];
}
inline std::optional<BuiltIn> built_in_called(std::string_view name) {
  const auto found = std::find(built_in_names.begin(), built_in_names.end(), name);
  if (found == built_in_names.end()) return {};
  return static_cast<BuiltIn>(found - built_in_names.begin());
}

/// The rights and limits of a template's programs that differ from the default of all services
/// (sandbox/program_limits.h). The numbers hold for one conversation.
struct ServicePrivileges {
  std::optional<std::uint32_t> user, group;  // numeric ids; never 0
  std::optional<std::uint32_t> open_files;   // in each process
  std::optional<std::uint32_t> processes;
  std::optional<std::uint32_t> cpu_seconds;   // of each process
  std::optional<std::uint32_t> wall_seconds;  // from its start
  std::optional<std::uint64_t> memory_bytes;
  std::optional<std::uint64_t> file_bytes;    // of one file that it writes
  std::optional<std::uint64_t> output_bytes;  // that it sends to the visitor
  bool operator==(const ServicePrivileges&) const = default;
};

/// A server that runs unmodified in a network of its own (`add TEMPLATE subsystem`). The ports on
/// which it listens are those of its hosts.
struct Subsystem {
  std::string owner;  // the template of the statement
  std::string command;
  bool is_shared = false;   // one process for all hosts; else one for each
  bool restarts = false;    // after it has ended
  std::string host_name{};  // of its hosts; empty: none
  ServicePrivileges privileges{};
  EgressList egress{};  // to where it may connect
  bool operator==(const Subsystem&) const = default;
};
/// Whether one server can be both: they differ at most in limits and in the egress list.
bool may_become(const Subsystem& running, Subsystem wanted);

/// A limit that a program was ended for.
enum class ServiceLimit : std::uint32_t { none, processes, memory, wall_time, output };
/// "memory", for programs that read events.
std::string_view name_of(ServiceLimit limit);
/// "used too much memory".
std::string_view describe(ServiceLimit limit);

/// The service that answers on a port.
using ServiceSpec = std::variant<Script, Proxy, BuiltIn, Subsystem>;

}  // namespace apiary
