#include "service/note_desk.h"

#include <fmt/format.h>

#include <algorithm>

#include "service/note_text.h"

namespace apiary {

bool NoteAllowance::take(Clock::time_point now) {
  if (filled_ != Clock::time_point{}) {
    const double elapsed = std::chrono::duration<double>(now - filled_).count();
    left_ = std::min(burst_, left_ + elapsed * per_second_);
  }
  filled_ = now;
  if (left_ < 1) return false;
  left_ -= 1;
  return true;
}

NoteDesk::~NoteDesk() {
  if (left_out_ > 0 && shared_.take(NoteAllowance::Clock::now())) tell_left_out();
}

void NoteDesk::tell(std::string_view line) {
  const auto now = NoteAllowance::Clock::now();
  if (!own_.take(now) || !shared_.take(now)) {
    ++left_out_;
    return;
  }
  tell_left_out();
  log_.on_note({flow_, service_, printable_note(line)});
}

void NoteDesk::tell_left_out() {
  if (left_out_ == 0) return;
  log_.on_note({flow_, service_, fmt::format("({} more lines left out)", left_out_)});
  left_out_ = 0;
}

}  // namespace apiary
