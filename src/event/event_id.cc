#include "event/event_id.h"

#include <algorithm>

namespace apiary {

EventId EventIds::next(Instant now) {
  const auto since_epoch = std::chrono::duration_cast<milliseconds>(now.time_since_epoch());
  const auto millisecond =
      static_cast<std::uint64_t>(std::max<std::int64_t>(0, since_epoch.count()));
  if (millisecond > millisecond_) {
    millisecond_ = millisecond;
    count_ = 0;
  } else if (++count_ == 0) {
    ++millisecond_;
  }
  return {(millisecond_ & 0xffff'ffff'ffff) << 16 | count_ >> 16,
          std::uint64_t{count_ & 0xffffU} << 48 | daemon_};
}

void append(std::string& text, const EventId& id) {
  constexpr char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  char spelled[26];
  std::uint64_t high = id.high, low = id.low;
  for (std::size_t i = sizeof spelled; i-- > 0;) {
    spelled[i] = digits[low & 31];
    low = low >> 5 | high << 59;
    high >>= 5;
  }
  text.append(spelled, sizeof spelled);
}

std::string to_string(const EventId& id) {
  std::string text;
  append(text, id);
  return text;
}

}  // namespace apiary
