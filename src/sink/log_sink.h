#pragma once

#include <memory>

#include "base/fixed_window.h"
#include "sink/sink.h"

namespace spdlog {
class logger;
}

namespace apiary {

/// Tells the operator, on stderr: a line for each contact, conversation and note. Never more than
/// lines_per_second, and then how many were left out: a flood is no reason to fill a disk.
class LogSink final : public Sink {
 public:
  static constexpr std::size_t lines_per_second = 200;

  explicit LogSink(std::shared_ptr<spdlog::logger> logger) : logger_(std::move(logger)) {}
  ~LogSink() override;

  const std::string& name() const override { return name_; }
  EventKinds wants() const override;
  WriteResult write(EventPointers events) override;
  Upkeep on_time(Instant now) override;

 private:
  void tell(const Event& event);
  void tell_left_out();

  const std::string name_ = "the log";
  std::shared_ptr<spdlog::logger> logger_;
  FixedWindow window_{lines_per_second};
  std::string line_;
};

}  // namespace apiary
