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

/// Asks a running daemon from another thread than its loop's.
class DaemonClient {
 public:
  /// On the loop's thread, as the destructor. Both must outlive it.
  DaemonClient(event_base* loop, DaemonInterface& daemon) : daemon_(daemon), mailbox_(loop) {}

  /// A configuration of 65,536 hosts takes a few seconds to check on a busy machine.
  static constexpr std::chrono::seconds default_patience{20};

  /// Has `question` asked on the loop's thread and waits for the reply. Nothing: the loop did not
  /// get round to it in time, or the daemon ends. From any other thread.
  using Question = std::function<void(DaemonInterface& daemon, const ControlReply& reply)>;
  std::optional<ControlResponse> ask(Question question,
                                     std::chrono::seconds patience = default_patience);

  /// Ends all waiting calls and refuses new ones. Called on the loop's thread.
  void close();

 private:
  struct Waiting;

  DaemonInterface& daemon_;
  LoopQueue mailbox_;
  std::mutex mutex_;
  bool is_closed_ = false;
  std::vector<std::weak_ptr<Waiting>> waiting_;
};

}  // namespace apiary
