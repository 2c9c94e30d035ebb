#include "loop/event_loop.h"

#include <event2/event.h>

#include <algorithm>
#include <new>
#include <utility>

#include "posix/clock.h"

namespace apiary {
namespace {

event_base* make_base() {
  event_config* const config = event_config_new();
  // Without this, timers have the resolution of epoll_wait, a millisecond: too coarse for links.
  event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER);
  event_base* const base = event_base_new_with_config(config);
  event_config_free(config);
  if (base == nullptr) throw std::bad_alloc();
  return base;
}

void just_wake(evutil_socket_t, short, void*) {}

}  // namespace

void EventLoop::Free::operator()(event_base* base) const { event_base_free(base); }
void EventLoop::Free::operator()(event* event) const { event_free(event); }

EventLoop::EventLoop() : base_(make_base()) {
  timer_.reset(event_new(base_.get(), -1, 0, just_wake, nullptr));
}

EventLoop::~EventLoop() = default;

void EventLoop::watch(int descriptor) {
  events_.emplace_back(
      event_new(base_.get(), descriptor, EV_READ | EV_PERSIST, just_wake, nullptr));
  event_add(events_.back().get(), nullptr);
}

event* EventLoop::find(int descriptor) const {
  const auto found =
      std::ranges::find(events_, descriptor, [](const std::unique_ptr<event, Free>& e) {
        return (event_get_events(e.get()) & EV_SIGNAL) != 0 ? -1 : event_get_fd(e.get());
      });
  return found == events_.end() ? nullptr : found->get();
}

void EventLoop::pause(int descriptor) {
  if (event* const watched = find(descriptor)) event_del(watched);
}

void EventLoop::resume(int descriptor) {
  if (event* const watched = find(descriptor)) event_add(watched, nullptr);
}

void EventLoop::call_when_readable(int descriptor, std::function<void()> callback) {
  callbacks_.push_back(std::make_unique<std::function<void()>>(std::move(callback)));
  const auto call = [](evutil_socket_t, short, void* given) {
    (*static_cast<std::function<void()>*>(given))();
  };
  events_.emplace_back(
      event_new(base_.get(), descriptor, EV_READ | EV_PERSIST, call, callbacks_.back().get()));
  event_add(events_.back().get(), nullptr);
}

void EventLoop::stop_on(int signal) {
  const auto stop = [](evutil_socket_t, short, void* loop) {
    static_cast<EventLoop*>(loop)->stopped_ = true;
  };
  events_.emplace_back(event_new(base_.get(), signal, EV_SIGNAL | EV_PERSIST, stop, this));
  event_add(events_.back().get(), nullptr);
}

void EventLoop::wait(Duration timeout) {
  if (timeout <= Duration{}) {
    // With NONBLOCK alone, the loop would repeat while a watched descriptor stays readable.
    event_base_loop(base_.get(), EVLOOP_NONBLOCK | EVLOOP_ONCE);
    return;
  }
  const timeval time = to_timeval(timeout);
  event_add(timer_.get(), &time);
  event_base_loop(base_.get(), EVLOOP_ONCE);
}

}  // namespace apiary
