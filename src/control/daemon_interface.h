#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/duration_histogram.h"
#include "base/time.h"
#include "control/control_protocol.h"
#include "control/host_directory.h"
#include "event/event.h"
#include "session/subsystems.h"
#include "sink/sink_status.h"
#include "telemetry/conversation.h"
#include "telemetry/engine_status.h"
#include "telemetry/shard_traffic.h"

namespace apiary {

/// The state and the counters of a daemon at one moment.
struct DaemonStatus {
  struct Interface {
    std::string name;
    std::uint64_t lost_packets = 0;     // received packets that the kernel dropped
    std::uint64_t refused_packets = 0;  // packets that it refused to send: too large, no link
    std::string state = "up";           // or another state
    bool is_up = true;
    std::size_t mtu_bytes = 0;
  };
  std::string version, configuration_file;
  Instant now{}, started{}, loaded{};  // `loaded`: when the file was last read without errors
  std::size_t statements_since = 0;    // added by apiary ctl since then
  std::string failure{};               // why the last reload failed; empty: it succeeded
  std::vector<Interface> interfaces{};
  std::uint64_t untransmitted = 0;          // packets that an interface refused
  std::size_t sessions = 0, processes = 0;  // of services
  std::uint64_t refused_services = 0;       // not started: a limit, or a failure
  std::vector<SubsystemStatus> subsystems{};
  OutboundCounts outbound{};
  std::vector<SinkStatus> sinks{};
  EventCounts events{};
  DurationHistogram turnaround{};
  EngineStatus engine{};
  std::vector<ShardTraffic> shards{};  // of each, if there are several
};

/// A running daemon as its clients use it. Long requests run in the background; their reply comes
/// later, on the loop's thread.
class DaemonInterface {
 public:
  using Reply = ControlReply;

  virtual ~DaemonInterface() = default;

  virtual DaemonStatus status() const = 0;
  virtual HostDirectory hosts() const = 0;
  /// At most `limit` conversations, the last active first, TCP before UDP.
  virtual ConversationList conversations(std::size_t limit) const = 0;

  /// Reads the configuration file again. The response has its errors and warnings.
  virtual void reload(Reply reply) = 0;
  /// Adds a statement of the configuration language to the active configuration.
  virtual void apply(std::string statement, Reply reply) = 0;
  /// Replaces the active configuration by `text`.
  virtual void replace(std::string text, Reply reply) = 0;
  /// The text of the active configuration.
  virtual void dump(Reply reply) = 0;

  // For the dashboard, as JSON that docs/web.md describes.
  /// The active configuration and its history.
  virtual void show_configuration(Reply reply) = 0;
  /// The routers and the networks behind them.
  virtual void draw_topology(Reply reply) = 0;
  /// The host at an address, its actions and their origins. An error if there is no host.
  virtual void explain(const IpAddress& address, Reply reply) = 0;
  /// What distinguishes the hosts of the active configuration from real machines: an audit in
  /// memory of some of them. Takes a second or two in the background.
  virtual void audit(Reply reply) = 0;
  /// Checks a text as a configuration. The response has its errors and warnings.
  virtual void check(std::string text, Reply reply) = 0;

  /// Statistics, as JSON that docs/web.md describes.
  virtual std::string activity() const = 0;
  /// Rotates all files. The response names those that failed.
  virtual void rotate(Reply reply) = 0;
  /// Replies with the result of `work`, which must use only immutable data.
  virtual void in_background(std::function<std::string()> work, Reply reply) = 0;
};

}  // namespace apiary
