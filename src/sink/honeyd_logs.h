#pragma once

#include "sink/rotating_file.h"
#include "sink/sink.h"

namespace apiary {

/// The packet log of Honeyd 1.6 (`-l`), line by line, for the programs that read it: a line for
/// each packet of no conversation, and for the beginning and the end of each conversation.
class HoneydPacketLog final : public Sink {
 public:
  explicit HoneydPacketLog(RotatingFile file)
      : file_(std::move(file)), name_("packet log " + file_.path()) {}

  const std::string& name() const override { return name_; }
  RecordKinds wants() const override {
    return {RecordKind::packet, RecordKind::flow_start, RecordKind::flow_end, RecordKind::daemon};
  }
  tl::expected<void, SystemError> consume(std::span<const Record> records) override;
  tl::expected<void, SystemError> on_time(Instant now) override { return file_.on_time(now); }
  tl::expected<void, SystemError> rotate(Instant now) override { return file_.rotate(now); }

 private:
  RotatingFile file_;
  std::string name_, text_;
};

/// The service log of Honeyd 1.6 (`-s`): what services say to the operator.
class HoneydServiceLog final : public Sink {
 public:
  explicit HoneydServiceLog(RotatingFile file)
      : file_(std::move(file)), name_("service log " + file_.path()) {}

  const std::string& name() const override { return name_; }
  RecordKinds wants() const override { return {RecordKind::note}; }
  tl::expected<void, SystemError> consume(std::span<const Record> records) override;
  tl::expected<void, SystemError> on_time(Instant now) override { return file_.on_time(now); }
  tl::expected<void, SystemError> rotate(Instant now) override { return file_.rotate(now); }

 private:
  RotatingFile file_;
  std::string name_, text_;
};

}  // namespace apiary
