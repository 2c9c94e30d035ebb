#include "loop/wakeup.h"

#include <sys/eventfd.h>

#include <new>

namespace apiary {

Wakeup::Wakeup() : event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!event_) throw std::bad_alloc();
}

void Wakeup::wake() {
  if (!is_set_.exchange(true)) (void)eventfd_write(event_.get(), 1);
}

void Wakeup::take() {
  eventfd_t count = 0;
  (void)eventfd_read(event_.get(), &count);
  is_set_.exchange(false);
}

}  // namespace apiary
