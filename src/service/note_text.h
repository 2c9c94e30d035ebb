#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"

namespace apiary {

/// `line` with all but printable ASCII written as "\xNN", so that attackers can neither send
/// terminal escapes nor forge a line. At most note_limit_bytes long; "..." marks a cut.
std::string printable_note(std::string_view line);

/// Splits a stream of bytes into lines. Keeps at most note_limit_bytes of a line, without the
/// carriage return before its end.
class LineSplitter {
 public:
  /// Calls `take(std::string_view)` for each line that `bytes` complete, except empty ones.
  template <class Take>
  void add(Bytes bytes, Take take) {
    for (const char c : as_text(bytes)) {
      if (c == '\n')
        finish(take);
      else if (line_.size() < limit_bytes)
        line_.push_back(c);
    }
  }
  /// The last line, if no newline has ended it.
  template <class Take>
  void finish(Take take) {
    if (line_.ends_with('\r')) line_.pop_back();
    if (!line_.empty()) take(std::string_view(line_));
    line_.clear();
  }

 private:
  static constexpr std::size_t limit_bytes = 1025;  // one more than is shown: shows a cut
  std::string line_;
};

}  // namespace apiary
