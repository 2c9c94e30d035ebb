#pragma once

#include <chrono>
#include <optional>
#include <tl/expected.hpp>
#include <vector>

#include "sandbox/egress_gate.h"
#include "sandbox/listening_sockets.h"
#include "sandbox/refused_datagrams.h"
#include "sandbox/server_files.h"
#include "sandbox/server_network.h"

namespace apiary {

/// The additional parts of a subsystem's sandbox: a network, writable folders,
/// and ports that it watches. Process 1 uses it.
class ServerSandbox {
 public:
  using Clock = std::chrono::steady_clock;

  /// Makes it, in the namespaces of the calling process, with a /proc in place.
  static tl::expected<ServerSandbox, SystemError> make(const ServerFiles& files);

  /// While it lives, the calling process is in the network of the server.
  class Inside {
   public:
    explicit Inside(const ServerNetwork& network) : network_(network) {
      is_inside_ = network_.go_inside();
    }
    ~Inside() { network_.go_outside(); }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
    explicit operator bool() const { return is_inside_; }

   private:
    const ServerNetwork& network_;
    bool is_inside_;
  };

  ServerNetwork& network() { return network_; }
  const ServerNetwork& network() const { return network_; }
  /// See ServerNetwork. Late answers to the visitor are no attempts from now on.
  tl::expected<FileDescriptor, SystemError> open_visitor_socket(
      const VisitorSocketRequest& request);

  /// Lets the server connect to the destinations of `list` only, if the daemon agrees each time.
  tl::expected<void, SystemError> allow(const EgressList& list);
  EgressGate& egress() { return egress_; }

  /// Readable when refused_target() has something; -1: never.
  int refusals() const { return refused_.descriptor(); }
  /// The destination of a datagram of the server that was refused. Nothing: a visitor, or none.
  std::optional<Endpoint> refused_target();

  /// The server starts now: port_changes() reads its ports from now on.
  void begin(Clock::time_point now) { begun_ = next_check_ = now; }
  /// The ports that changed, if it is time to read them.
  std::vector<PortChange> port_changes(Clock::time_point now);
  /// The server has ended: forgets its ports.
  void end() {
    next_check_ = Clock::time_point::max();
    sockets_.forget();
    egress_.forget_all();
  }
  Clock::time_point next_check() const { return next_check_; }

 private:
  ServerSandbox(ServerNetwork network, ListeningSockets sockets, RefusedDatagrams refused,
                EgressGate egress)
      : network_(std::move(network)),
        sockets_(std::move(sockets)),
        refused_(std::move(refused)),
        egress_(std::move(egress)) {}

  ServerNetwork network_;
  ListeningSockets sockets_;
  RefusedDatagrams refused_;
  EgressGate egress_;
  Clock::time_point begun_{}, next_check_ = Clock::time_point::max();
};

}  // namespace apiary
