#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/time.h"

namespace apiary {

/// A conversation with a host that is not over yet, for people who watch.
struct Conversation {
  FlowKey flow;
  std::string_view state;     // as RFC 9293 section 3.3.2 spells it; empty over UDP; static
  std::string template_name;  // of the host when the conversation began
  std::uint64_t received_bytes = 0, sent_bytes = 0;  // payload
  Instant last_active{};
};

/// The conversations that were active last, and how many there are in all.
struct ConversationList {
  std::vector<Conversation> latest;  // the most recently active first
  std::size_t total = 0;

  /// Adds another list; keeps the `limit` conversations that were active last.
  void merge(ConversationList other, std::size_t limit);
};

}  // namespace apiary
