#pragma once

#include <vector>

#include "sink/sink_kind.h"

namespace apiary {

/// A sink that writes lines to a file, each batch immediately: readers see whole lines, and a
/// killed daemon leaves them in the file.
class TextFileSink : public Sink {
 public:
  const std::string& name() const final { return name_; }
  WriteResult write(EventPointers events) final;
  Upkeep on_time(Instant now) final {
    now_ = now;
    return file_.on_time(now);
  }
  tl::expected<std::string, SystemError> rotate(Instant now) final { return file_.rotate(now); }

 protected:
  TextFileSink(RotatingFile file, std::string_view what)
      : file_(std::move(file)), name_(std::string(what) + " " + file_.path()) {}

 private:
  /// Appends the line for `event`, always the same, with its end; or nothing.
  virtual void append_line(std::string& text, const Event& event) = 0;
  /// The first line of a new file, before `text` of about the time `at`.
  virtual std::string first_line(const std::string& /*text*/, Instant /*at*/) const { return {}; }

  RotatingFile file_;
  const std::string name_;
  std::string text_;               // members to reuse their memory
  std::vector<std::size_t> ends_;  // of the events' lines in text_
  Instant now_{};                  // approximate
};

/// Opens the file at `path` and constructs a TextSink from it and `more`.
template <class TextSink, class... More>
OpenedSink open_text_file_sink(const std::string& path, const SinkSettings& settings,
                               const More&... more) {
  auto file = RotatingFile::open(path, settings.rotation, settings.now);
  if (!file) return tl::unexpected(to_string(file.error()));
  return std::make_unique<TextSink>(std::move(*file), more...);
}

}  // namespace apiary
