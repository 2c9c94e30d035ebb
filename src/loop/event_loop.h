#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/time.h"

struct event;
struct event_base;

namespace apiary {

/// Waits for the next event with libevent: descriptors, signals, time. The caller handles it: the
/// loop's own callbacks only make wait() return.
class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// wait() returns while `descriptor` is readable. It must stay open as long as the loop lives.
  void watch(int descriptor);
  /// Does not wait for `descriptor` any more, which is watched, or does again.
  void pause(int descriptor);
  void resume(int descriptor);
  /// Calls `callback` from wait() while `descriptor` is readable. It must stay open as long.
  void call_when_readable(int descriptor, std::function<void()> callback);
  /// wait() returns when `signal` came; stopped() is true from then on.
  void stop_on(int signal);
  bool stopped() const { return stopped_; }

  /// Waits until something happens, or for `timeout` at most.
  void wait(Duration timeout);

  event_base* base() const { return base_.get(); }

 private:
  struct Free {
    void operator()(event_base* base) const;
    void operator()(event* event) const;
  };
  std::unique_ptr<event_base, Free> base_;
  event* find(int descriptor) const;

  std::vector<std::unique_ptr<std::function<void()>>> callbacks_;
  std::vector<std::unique_ptr<event, Free>> events_;
  std::unique_ptr<event, Free> timer_;
  bool stopped_ = false;
};

}  // namespace apiary
