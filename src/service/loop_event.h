#pragma once

#include <event2/event.h>

#include <memory>

namespace apiary {

struct EventDeleter {
  void operator()(event* handle) const { event_free(handle); }
};
/// An event of libevent; freeing it also cancels it.
using LoopEvent = std::unique_ptr<event, EventDeleter>;

/// An event that calls `handle(owner, what)` when `descriptor` (-1: none) is ready as `what`
/// (EV_...) says. Not waited for until event_add(). `owner` must outlive it.
template <auto handle, class Owner>
LoopEvent make_event(event_base* events, int descriptor, short what, Owner* owner) {
  const auto call = [](evutil_socket_t, short ready, void* argument) {
    (static_cast<Owner*>(argument)->*handle)(ready);
  };
  return LoopEvent(event_new(events, descriptor, what, call, owner));
}

}  // namespace apiary
