#include "loop/loop_queue.h"

#include <event2/event.h>
#include <sys/eventfd.h>

#include <cstdint>
#include <new>
#include <utility>

namespace apiary {

void LoopQueue::Free::operator()(event* event) const { event_free(event); }

LoopQueue::LoopQueue(event_base* loop) : posted_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!posted_) throw std::bad_alloc();
  const auto on_posted = [](evutil_socket_t, short, void* mailbox) {
    static_cast<LoopQueue*>(mailbox)->deliver();
  };
  posted_event_.reset(event_new(loop, posted_.get(), EV_READ | EV_PERSIST, on_posted, this));
  event_add(posted_event_.get(), nullptr);
}

LoopQueue::~LoopQueue() = default;

void LoopQueue::post(Work work) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(work));
  }
  const std::uint64_t one = 1;
  (void)!write(posted_.get(), &one, sizeof one);  // the counter of an eventfd cannot overflow here
}

void LoopQueue::deliver() {
  std::uint64_t count = 0;
  (void)!read(posted_.get(), &count, sizeof count);
  std::vector<Work> work;
  {
    const std::lock_guard lock(mutex_);
    work.swap(waiting_);
  }
  for (const Work& each : work) each();
}

}  // namespace apiary
