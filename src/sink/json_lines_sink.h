#pragma once

#include "record/record_json.h"
#include "sink/rotating_file.h"
#include "sink/sink.h"

namespace apiary {

/// Writes a JSON object a line to a file (`--events`). Each is written at once: who reads the file
/// sees whole lines, and keeps them whatever becomes of the daemon.
class JsonLinesSink final : public Sink {
 public:
  JsonLinesSink(RotatingFile file, const JsonForm& form)
      : file_(std::move(file)), form_(form), name_("events to " + file_.path()) {}

  const std::string& name() const override { return name_; }
  tl::expected<void, SystemError> consume(std::span<const Record> records) override;
  tl::expected<void, SystemError> on_time(Instant now) override;
  tl::expected<void, SystemError> rotate(Instant now) override { return file_.rotate(now); }

 private:
  RotatingFile file_;
  JsonForm form_;
  std::string name_;
  std::string text_;  // kept for its memory
  Instant now_{};     // about
};

}  // namespace apiary
