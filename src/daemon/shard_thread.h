#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "daemon/shard.h"
#include "loop/wakeup.h"

namespace apiary {

/// The thread of one of several shards: turn after turn. Between two turns it lets the main thread
/// use the shard.
class ShardThread {
 public:
  /// `wakeup` wakes the loop of `shard`. Both must outlive the thread.
  ShardThread(Shard& shard, Wakeup& wakeup);
  ~ShardThread();  ///< ends it after its turn

  /// Returns when the thread rests between two turns, until resume(). ask_to_pause() makes it rest
  /// soon, so that several threads end their turns at the same time.
  void ask_to_pause();
  void wait_for_pause();
  void resume();

 private:
  void run();
  void rest();

  Shard& shard_;
  Wakeup& wakeup_;
  std::atomic<bool> must_rest_ = false, must_end_ = false;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  bool rests_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace apiary
