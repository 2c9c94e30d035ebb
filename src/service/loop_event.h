#pragma once

#include <event2/event.h>

#include <memory>

namespace apiary {

struct EventDeleter {
  void operator()(event* handle) const { event_free(handle); }
};
/// An event of libevent; its destructor also cancels it.
using LoopEvent = std::unique_ptr<event, EventDeleter>;

/// Creates an event that calls `handle(owner, what)` when `descriptor` (-1: none) is ready for
/// `what` (EV_...). event_add() starts the wait. `owner` must outlive the event.
template <auto handle, class Owner>
LoopEvent make_event(event_base* events, int descriptor, short what, Owner* owner) {
  const auto call = [](evutil_socket_t, short ready, void* argument) {
    (static_cast<Owner*>(argument)->*handle)(ready);
  };
  return LoopEvent(event_new(events, descriptor, what, call, owner));
}

}  // namespace apiary
