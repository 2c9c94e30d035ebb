#pragma once

#include <string_view>

#include "base/address.h"
#include "honeynet/honeynet.h"

namespace apiary {

/// What there is to tell of a conversation under way.
struct Conversation {
  FlowKey flow;
  std::string_view state;  // as RFC 9293 section 3.3.2 spells it; empty over UDP; static
  HostTemplatePtr kind;    // the machine it began with
  std::uint64_t received_bytes = 0, sent_bytes = 0;  // payload
};

}  // namespace apiary
