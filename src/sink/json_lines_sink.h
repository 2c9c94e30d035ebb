#pragma once

#include "event/ecs_encoder.h"
#include "sink/text_file_sink.h"

namespace apiary {

/// Writes a JSON object a line to a file: `--sink json:FILE`, in short `--events FILE`.
class JsonLinesSink final : public TextFileSink {
 public:
  JsonLinesSink(RotatingFile file, EcsEncoder form)
      : TextFileSink(std::move(file), "events to"), form_(std::move(form)) {}

 private:
  void append_line(std::string& text, const Event& event) override {
    form_.append(text, event);
    text += '\n';
  }

  const EcsEncoder form_;
};

extern const SinkKind json_lines_kind;

}  // namespace apiary
