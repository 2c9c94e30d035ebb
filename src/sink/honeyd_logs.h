#pragma once

#include "sink/text_file_sink.h"

namespace apiary {

/// A log in Honeyd's format. Its times are local, without an offset, as the programs that read it
/// expect. It begins with a line that they skip, which has the offset; the line is repeated when
/// the daemon starts and when the offset has changed.
class HoneydLog : public TextFileSink {
 protected:
  using TextFileSink::TextFileSink;

 private:
  /// The line after the time; empty: the event has no line.
  virtual std::string line_of(const Event& event) const = 0;
  void append_line(std::string& text, const Event& event) final;
  std::string first_line(const std::string& text, Instant at) const final;

  std::string offset_;    // of the last line
  EventId changed_with_;  // the event of the first line with it
};

/// The packet log of Honeyd 1.6 (`--sink honeyd-packets:FILE`, `-l`), line by line, for the
/// programs that read it: a line for each packet of no conversation, and for the beginning and the
/// end of each conversation.
class HoneydPacketLog final : public HoneydLog {
 public:
  explicit HoneydPacketLog(RotatingFile file) : HoneydLog(std::move(file), "packet log") {}

  EventKinds wants() const override {
    return {EventKind::packet, EventKind::flow_start, EventKind::flow_end, EventKind::daemon};
  }

  bool uses(const Event& event) const override;

 private:
  std::string line_of(const Event& event) const override;
};

/// The service log of Honeyd 1.6 (`--sink honeyd-services:FILE`, `-s`): notes of services.
class HoneydServiceLog final : public HoneydLog {
 public:
  explicit HoneydServiceLog(RotatingFile file) : HoneydLog(std::move(file), "service log") {}

  EventKinds wants() const override { return {EventKind::note, EventKind::daemon}; }
  bool uses(const Event& event) const override;

 private:
  std::string line_of(const Event& event) const override;
};

extern const SinkKind honeyd_packets_kind, honeyd_services_kind;

}  // namespace apiary
