#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "control/control_protocol.h"
#include "loop/loop_queue.h"

namespace apiary {

class DaemonInterface;

/// Calls the daemon from threads other than its loop's.
class DaemonClient {
 public:
  /// The loop's thread calls this and the destructor. Both arguments must outlive the object.
  DaemonClient(event_base* loop, DaemonInterface& daemon) : daemon_(daemon), queue_(loop) {}

  /// A configuration of 65,536 hosts takes a few seconds to check on a busy machine.
  static constexpr std::chrono::seconds default_patience{20};

  /// Runs `question` on the loop's thread and waits for the reply. Returns nothing if the loop did
  /// not reply in time, or the daemon ends. Call it on any other thread.
  using Question = std::function<void(DaemonInterface& daemon, const ControlReply& reply)>;
  std::optional<ControlResponse> ask(Question question,
                                     std::chrono::seconds patience = default_patience);

  /// Ends all waiting calls and refuses new ones. Called on the loop's thread.
  void close();

 private:
  struct Waiting;

  DaemonInterface& daemon_;
  LoopQueue queue_;
  std::mutex mutex_;
  bool is_closed_ = false;
  std::vector<std::weak_ptr<Waiting>> waiting_;
};

}  // namespace apiary
