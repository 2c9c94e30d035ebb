#pragma once

#include <netinet/in.h>

#include <cstddef>
#include <deque>
#include <optional>
#include <set>
#include <span>

#include "base/address.h"
#include "posix/file_descriptor.h"

namespace apiary {

/// The destination of the UDP datagram that an ICMP message says cannot be delivered. `packet` is
/// as a raw socket has it, with its IP header. Nothing: it is another message, or malformed.
std::optional<Endpoint> undeliverable_destination(std::span<const std::byte> packet);

/// Finds the datagrams that a server sent to machines that are not its visitors. Outside of its
/// network, no socket takes them, and the kernel answers with ICMP errors, a few each second.
class RefusedDatagrams {
 public:
  /// In the network namespace of the server. Needs CAP_NET_RAW. Without that, nothing is found.
  void open();
  int descriptor() const { return socket_.get(); }  ///< -1: not open

  /// A visitor of the server: late answers to it are no attempts to reach another machine.
  void add_visitor(const Endpoint& visitor);
  /// Reads one error. Nothing: it is about a visitor, or about no datagram.
  std::optional<Endpoint> read();

 private:
  FileDescriptor socket_;
  std::set<Endpoint> visitors_;
  std::deque<Endpoint> order_;  // of visitors_, the oldest first
};

}  // namespace apiary
