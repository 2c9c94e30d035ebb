#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/numbers.h"
#include "posix/file_descriptor.h"

namespace apiary {

/// A port of a server, as a visitor can reach it.
struct ServerPort {
  IpProtocol protocol = IpProtocol::tcp;
  Port port;
  auto operator<=>(const ServerPort&) const = default;
};

/// A port that a server began or ceased to listen on.
struct PortChange {
  ServerPort port;
  bool is_open = false;
};

/// The ports of the sockets in a table of proc(5), /proc/net/tcp, udp, tcp6 or udp6, that take
/// packets of visitors: listening ones of TCP, unconnected ones of UDP, and none of loopback
/// addresses. At most `limit`.
std::set<ServerPort> listening_ports(std::string_view table, IpProtocol protocol,
                                     std::size_t limit);

/// Finds the ports on which the processes of a network namespace listen.
class ListeningSockets {
 public:
  using Clock = std::chrono::steady_clock;

  /// Opens the tables of the calling process's namespace, in /proc. False: errno says why.
  bool open();

  /// The changes since the last call. A port of UDP from 1024 on counts once it has been bound for
  /// some seconds: clients have such ports for a moment.
  std::vector<PortChange> changes(Clock::time_point now);
  /// Everything is closed, as the program has ended.
  void forget() { ports_.clear(), seen_.clear(); }
  bool has(const ServerPort& port) const { return ports_.contains(port); }

 private:
  struct Table {
    FileDescriptor file;
    IpProtocol protocol = IpProtocol::tcp;
  };
  std::vector<Table> tables_;
  std::set<ServerPort> ports_;                    // reported as open
  std::map<ServerPort, Clock::time_point> seen_;  // since when each is bound
};

}  // namespace apiary
