/// service/: carries out the engine's ServiceCommands with processes and connections to other
/// machines, and returns their ServiceMessages. It knows nothing of packets or hosts.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "sandbox/sandbox_view.h"
#include "service/service_limits.h"
#include "service/service_log.h"
#include "service/spawner.h"
#include "session/session.h"
#include "session/subsystems.h"

struct event_base;

namespace apiary {

/// Runs the services of one engine, on one thread. The caller runs the loop of `events`; a wait
/// there ends as soon as there are messages to take, including those that execute() added.
///
/// A session lives from OpenSession until CloseSession or ServiceFailed, whichever is first; the
/// runner ignores commands about other sessions. It logs how a process ended after that, once it
/// has. Over UDP, a datagram of a service waits until the allowance has room for all of it.
class ServiceRunner {
 public:
  /// `events` and `log` must outlive the runner.
  ServiceRunner(event_base* events, Spawner spawner, const ServiceLimits& limits, ServiceLog& log);
  ~ServiceRunner();  ///< ends every service
  ServiceRunner(const ServiceRunner&) = delete;
  ServiceRunner& operator=(const ServiceRunner&) = delete;

  /// Never blocks. The views in `commands` are not kept.
  void execute(std::span<const ServiceCommand> commands);

  /// Logs, for every service that still runs, that it ends with the daemon. Call nothing
  /// afterwards.
  void on_stop();

  /// The messages since the last call; valid until the next call.
  std::span<const ServiceMessage> take_messages();

  std::vector<SubsystemStatus> subsystems() const;
  OutboundCounts outbound() const;
  /// Open sessions and running processes, for the daemon's counters.
  std::size_t session_count() const;
  std::size_t process_count() const;
  /// Conversations whose service was not started because of a limit, or could not be.
  std::uint64_t refused_count() const;
  /// Runs these subsystems from now on. Equal ones that run already continue; others end when
  /// their conversations have.
  void run(const std::vector<SubsystemUse>& subsystems);
  /// The ports on which subsystems listen; null: the same as at the last call.
  std::shared_ptr<const ListeningPorts> take_ports();
  /// The connections that servers asked for since the last call. The engine opens them.
  std::vector<ConnectRequest> take_connect_requests();
  /// Sets what programs see from now on. Running ones are not affected.
  void show(const SandboxView& view);

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace apiary
