#include "telemetry/conversation.h"

#include <algorithm>
#include <functional>
#include <iterator>

namespace apiary {

void ConversationList::merge(ConversationList other, std::size_t limit) {
  total += other.total;
  std::ranges::move(other.latest, std::back_inserter(latest));
  std::ranges::stable_sort(latest, std::greater{}, &Conversation::last_active);
  if (latest.size() > limit) latest.resize(limit);
}

}  // namespace apiary
