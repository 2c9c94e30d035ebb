#include "service/note_text.h"

#include <algorithm>

#include "base/printable.h"
#include "session/service_note.h"

namespace apiary {

std::string printable_note(std::string_view line) {
  constexpr std::string_view cut = "...";
  std::string text;
  for (const char c : line) {
    const std::size_t length = text.size();
    append_printable(text, c);
    if (text.size() <= note_limit_bytes) continue;
    text.resize(std::min(length, note_limit_bytes - cut.size()));
    return text.append(cut);
  }
  return text;
}

}  // namespace apiary
