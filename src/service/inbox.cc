#include "service/inbox.h"

#include <algorithm>

namespace apiary {

Inbox::Inbox(event_base* events)
    : wake_up_(make_event<&Inbox::wake_up>(events, -1, EV_TIMEOUT, this)) {}

void Inbox::output(SessionId session, Bytes bytes) {
  output_bytes_ += bytes.size();
  add(ServiceOutput{session, batches_[filling_].bytes.copy(bytes)});
}

void Inbox::consumed(SessionId session, std::size_t bytes) {
  if (bytes > 0) add(InputConsumed{session, bytes});
}

void Inbox::ended(SessionId session) { add(OutputEnded{session}); }

void Inbox::failed(SessionId session) {
  failed_.push_back(session);
  add(ServiceFailed{session});
}

void Inbox::add(const ServiceMessage& message) {
  // execute() adds messages without an event: the loop's wait must end for them, too.
  if (batches_[filling_].messages.empty()) event_active(wake_up_.get(), EV_TIMEOUT, 0);
  batches_[filling_].messages.push_back(message);
}

std::span<const ServiceMessage> Inbox::take() {
  std::vector<ServiceMessage>& messages = batches_[filling_].messages;
  if (!forgotten_.empty()) {
    std::sort(forgotten_.begin(), forgotten_.end());
    std::erase_if(messages, [this](const ServiceMessage& message) {
      const auto session = std::visit([](const auto& m) { return m.session.value; }, message);
      return std::binary_search(forgotten_.begin(), forgotten_.end(), session);
    });
    forgotten_.clear();
  }
  filling_ ^= 1;
  output_bytes_ = 0;
  batches_[filling_].messages.clear();
  batches_[filling_].bytes.clear();
  return messages;
}

}  // namespace apiary
