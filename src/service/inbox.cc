#include "service/inbox.h"

#include <algorithm>

namespace apiary {

Inbox::Inbox(event_base* events)
    : wake_up_(make_event<&Inbox::wake_up>(events, -1, EV_TIMEOUT, this)) {}

void Inbox::output(SessionId session, Bytes bytes) {
  add_output(session, batches_[filling_].bytes.copy(bytes));
}

std::span<std::uint8_t> Inbox::output_space(std::size_t most) {
  return batches_[filling_].bytes.space(std::min(most, least_space_bytes), most);
}

void Inbox::output_in_space(SessionId session, std::size_t count) {
  add_output(session, batches_[filling_].bytes.keep(count));
}

void Inbox::add_output(SessionId session, Bytes kept) {
  output_bytes_ += kept.size();
  auto* const last = is_stream(session) ? last_message<ServiceOutput>(session) : nullptr;
  if (last != nullptr && last->bytes.data() + last->bytes.size() == kept.data())
    last->bytes = {last->bytes.data(), last->bytes.size() + kept.size()};
  else
    add(ServiceOutput{session, kept});
}

void Inbox::consumed(SessionId session, std::size_t bytes) {
  if (bytes == 0) return;
  if (auto* const last = last_message<InputConsumed>(session))
    last->bytes += bytes;
  else
    add(InputConsumed{session, bytes});
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
