#pragma once

#include "sink/text_file_sink.h"

namespace apiary {

/// The packet log of Honeyd 1.6 (`-l`), line by line, for the programs that read it: a line for
/// each packet of no conversation, and for the beginning and the end of each conversation.
class HoneydPacketLog final : public TextFileSink {
 public:
  explicit HoneydPacketLog(RotatingFile file) : TextFileSink(std::move(file), "packet log") {}

  RecordKinds wants() const override {
    return {RecordKind::packet, RecordKind::flow_start, RecordKind::flow_end, RecordKind::daemon};
  }

 private:
  void append_line(std::string& text, const Record& record) override;
};

/// The service log of Honeyd 1.6 (`-s`): what services say to the operator.
class HoneydServiceLog final : public TextFileSink {
 public:
  explicit HoneydServiceLog(RotatingFile file) : TextFileSink(std::move(file), "service log") {}

  RecordKinds wants() const override { return {RecordKind::note}; }

 private:
  void append_line(std::string& text, const Record& record) override;
};

}  // namespace apiary
