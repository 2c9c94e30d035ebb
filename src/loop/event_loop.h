#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/time.h"

struct event;
struct event_base;

namespace apiary {

/// Waits for descriptors, signals and time with libevent. The caller handles the events: the loop's
/// own callbacks only make wait() return.
class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Makes wait() return while `descriptor` is readable. It must stay open as long as the loop
  /// lives.
  void watch(int descriptor);
  /// Pauses or resumes watching `descriptor`, which must be watched.
  void pause(int descriptor);
  void resume(int descriptor);
  /// Calls `callback` from wait() while `descriptor` is readable. It must stay open as long as the
  /// loop lives.
  void call_when_readable(int descriptor, std::function<void()> callback);
  /// Makes wait() return after `signal`; stopped() is true from then on.
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
