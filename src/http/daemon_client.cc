#include "http/daemon_client.h"

#include <condition_variable>

namespace apiary {

/// A caller waiting for a response, which may arrive after its timeout.
struct DaemonClient::Waiting {
  std::mutex mutex;
  std::condition_variable answered;
  bool is_over = false;
  std::optional<ControlResponse> answer{};

  void end(std::optional<ControlResponse> with) {
    {
      const std::lock_guard lock(mutex);
      answer = std::move(with);
      is_over = true;
    }
    answered.notify_one();
  }
};

std::optional<ControlResponse> DaemonClient::ask(Question question, std::chrono::seconds patience) {
  const auto waiting = std::make_shared<Waiting>();
  {
    const std::lock_guard lock(mutex_);
    if (is_closed_) return {};
    std::erase_if(waiting_, [](const auto& each) { return each.expired(); });
    waiting_.push_back(waiting);
  }
  queue_.post([this, waiting, question = std::move(question)] {
    question(daemon_, [waiting](ControlResponse answer) { waiting->end(std::move(answer)); });
  });
  std::unique_lock lock(waiting->mutex);
  waiting->answered.wait_for(lock, patience, [&] { return waiting->is_over; });
  return std::move(waiting->answer);
}

void DaemonClient::close() {
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  for (const auto& each : waiting_)
    if (const auto waiting = each.lock()) waiting->end({});
}

}  // namespace apiary
