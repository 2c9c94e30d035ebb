#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/time.h"
#include "control/control_protocol.h"
#include "engine/engine.h"
#include "sink/sink_thread.h"

namespace apiary {

/// What is to be known of a daemon beside its engine.
struct DaemonStatus {
  struct Interface {
    std::string name;
    std::uint64_t lost_packets = 0;  // that came in, before we saw them
  };
  std::string version, configuration_file;
  Instant now{}, started{}, loaded{};  // `loaded`: when the file was read last without errors
  std::size_t statements_since = 0;    // given by apiary ctl since then
  std::string failure{};               // why the last reload changed nothing; empty: it did
  std::vector<Interface> interfaces{};
  std::uint64_t untransmitted = 0;          // packets that an interface would not take
  std::size_t sessions = 0, processes = 0;  // of services
  std::vector<SinkStatus> sinks{};
};

/// A daemon that runs, as its control socket sees it. What takes long is done in the background and
/// replied to later, on the loop's thread.
class Controlled {
 public:
  using Reply = std::function<void(ControlAnswer)>;

  virtual ~Controlled() = default;

  virtual const Engine& engine() const = 0;
  virtual DaemonStatus status() const = 0;

  /// Reads the configuration file again. The answer says what is wrong with it, or remarkable.
  virtual void reload(Reply reply) = 0;
  /// Adds a statement of the configuration language to the present configuration.
  virtual void apply(std::string statement, Reply reply) = 0;
  /// The present configuration.
  virtual void dump(Reply reply) = 0;
  /// Begins new files of those that are rotated.
  virtual void rotate() = 0;
  /// Answers with what `work` gives, which must look at nothing that changes.
  virtual void in_background(std::function<std::string()> work, Reply reply) = 0;
};

}  // namespace apiary
