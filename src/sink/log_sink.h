#pragma once

#include <memory>

#include "base/fixed_window.h"
#include "sink/sink.h"

namespace spdlog {
class logger;
}

namespace apiary {

/// Logs a line for each contact, conversation and note on stderr, at most lines_per_second, and
/// then the number of lines it left out: a flood must not fill a disk.
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
  void log(const Event& event);
  auto warning();

  const std::string name_ = "the log";
  std::shared_ptr<spdlog::logger> logger_;
  FixedWindow window_{lines_per_second};
  std::string line_;
};

}  // namespace apiary
