#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "control/controlled.h"
#include "control/mailbox.h"

namespace apiary {

/// Asks a running daemon from another thread than its loop's.
class DaemonLink {
 public:
  /// On the loop's thread, as the destructor. Both must outlive it.
  DaemonLink(event_base* loop, Controlled& daemon) : daemon_(daemon), mailbox_(loop) {}

  /// A configuration of 65,536 hosts takes a few seconds to check on a busy machine.
  static constexpr std::chrono::seconds usual_patience{20};

  /// Has `question` asked on the loop's thread and waits for the reply. Nothing: the loop did not
  /// get round to it in time, or the daemon ends. From any other thread.
  using Question = std::function<void(Controlled& daemon, const Controlled::Reply& reply)>;
  std::optional<ControlAnswer> ask(Question question,
                                   std::chrono::seconds patience = usual_patience);

  /// From now on nobody is asked, and nobody waits. From the loop's thread.
  void close();

 private:
  struct Waiting;

  Controlled& daemon_;
  Mailbox mailbox_;
  std::mutex mutex_;
  bool is_closed_ = false;
  std::vector<std::weak_ptr<Waiting>> waiting_;
};

}  // namespace apiary
