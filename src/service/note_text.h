#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"

namespace apiary {

/// `line` with everything but printable ASCII spelled "\xNN", so that what an attacker sends can
/// neither steer a terminal nor forge a line; at most note_limit_bytes long, "..." where cut.
std::string printable_note(std::string_view line);

/// Cuts a stream of bytes into lines. Keeps at most note_limit_bytes of a line; a carriage return
/// before its end does not belong to it.
class LineSplitter {
 public:
  /// Calls `take(std::string_view)` for each line that `bytes` complete; empty ones are skipped.
  template <class Take>
  void add(Bytes bytes, Take take) {
    for (const char c : as_text(bytes)) {
      if (c == '\n')
        finish(take);
      else if (line_.size() < limit_bytes)
        line_.push_back(c);
    }
  }
  /// The line that no newline has ended.
  template <class Take>
  void finish(Take take) {
    if (line_.ends_with('\r')) line_.pop_back();
    if (!line_.empty()) take(std::string_view(line_));
    line_.clear();
  }

 private:
  static constexpr std::size_t limit_bytes = 1025;  // one more than is shown: it shows as cut
  std::string line_;
};

}  // namespace apiary
