#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "event/event.h"
#include "sink/contact_book.h"

namespace spdlog {
class logger;
}

namespace apiary {

/// Tells the operator, on stderr. Never more than lines_per_second, and then how many were left
/// out: a flood of contacts is no reason to fill a disk.
class LogSink {
 public:
  static constexpr std::size_t lines_per_second = 200;

  explicit LogSink(std::shared_ptr<spdlog::logger> logger) : logger_(std::move(logger)) {}
  ~LogSink();  ///< tells what is left to tell

  void post(Instant now, std::span<const Event> events);
  /// A line of somebody else's making.
  void tell(Instant now, std::string_view line);
  void on_time(Instant now);
  Instant next_due();

 private:
  void flush(Instant now);
  void write(Instant now, std::string_view line);

  std::shared_ptr<spdlog::logger> logger_;
  ContactBook contacts_;
  std::vector<std::string> lines_;
  Instant second_began_{};
  std::size_t lines_this_second_ = 0, left_out_ = 0;
};

}  // namespace apiary
