/// service/: who carries out the engine's ServiceCommands, with processes and with connections to
/// other machines, and brings back their ServiceMessages. It knows nothing of packets or hosts.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/time.h"
#include "service/service_log.h"
#include "service/spawner.h"
#include "session/session.h"

struct event_base;

namespace apiary {

/// The bounds of what services may take of the machine, each with its reason.
struct ServiceLimits {
  // Processes at once, those still being ended included: three descriptors and a few MB each.
  std::size_t processes = 4'096;
  // Connections to other machines at once: one descriptor each.
  std::size_t proxied_sessions = 4'096;
  // How many of each may serve UDP: whoever floods a port from addresses that are not his leaves
  // the rest to visitors who have shaken hands.
  std::size_t datagram_processes = 1'024, datagram_proxied_sessions = 1'024;
  // How long a proxied connection may take to be established.
  Duration connect_time = seconds{20};
};

/// Runs the services of one engine, on one thread. The caller runs the loop of `events`; a wait
/// there ends as soon as messages are to be taken, those included that execute() itself brought.
///
/// A session lives from OpenSession until CloseSession or ServiceFailed, whichever is first;
/// commands about a session that does not live are ignored. How its process ended is noted
/// afterwards, when it has. Over UDP, a datagram of a service
/// waits until the allowance has room for all of it.
class ServiceRunner {
 public:
  /// `events` and `log` must outlive the runner.
  ServiceRunner(event_base* events, Spawner spawner, const ServiceLimits& limits, ServiceLog& log);
  ~ServiceRunner();  ///< ends every service
  ServiceRunner(const ServiceRunner&) = delete;
  ServiceRunner& operator=(const ServiceRunner&) = delete;

  /// Never blocks. The views in `commands` are not kept.
  void execute(std::span<const ServiceCommand> commands);

  /// Tells of every service that still runs that it ends with the daemon. Nothing may follow.
  void on_stop();

  /// What the services have said since the last call; valid until the next.
  std::span<const ServiceMessage> take_messages();

  /// Sessions that live, and processes that do: for the daemon's counters.
  std::size_t session_count() const;
  std::size_t process_count() const;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace apiary
