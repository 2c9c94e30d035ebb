#include "daemon/shard_thread.h"

#include "posix/without_signals.h"

namespace apiary {

ShardThread::ShardThread(Shard& shard, Wakeup& wakeup) : shard_(shard), wakeup_(wakeup) {
  const WithoutSignals meanwhile;
  thread_ = std::thread([this] { run(); });
}

ShardThread::~ShardThread() {
  must_end_ = true;
  wakeup_.wake();
  thread_.join();
}

void ShardThread::ask_to_pause() {
  must_rest_ = true;
  wakeup_.wake();
}

void ShardThread::wait_for_pause() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return rests_; });
}

void ShardThread::resume() {
  {
    const std::lock_guard lock(mutex_);
    must_rest_ = false;
    rests_ = false;
  }
  changed_.notify_all();
}

void ShardThread::run() {
  while (!must_end_) {
    if (must_rest_) rest();
    shard_.loop().turn();
  }
}

void ShardThread::rest() {
  std::unique_lock lock(mutex_);
  while (must_rest_) {
    rests_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !rests_; });
  }
}

}  // namespace apiary
