#pragma once

#include <cstdint>
#include <string_view>

namespace apiary {

/// The states of RFC 9293 section 3.3.2. The template stands for LISTEN. A connection that is
/// closed is removed.
enum class TcpState : std::uint8_t {
  syn_sent,
  syn_received,
  established,
  fin_wait_1,
  fin_wait_2,
  close_wait,
  closing,
  last_ack,
  time_wait,
  closed,
};

std::string_view to_string(TcpState state);

}  // namespace apiary
