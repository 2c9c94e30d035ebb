#pragma once

#include <deque>
#include <optional>
#include <string>

#include "script.h"
#include "wire/tcp.h"

namespace apiary::script {

/// The name in scripts, such as "opens".
std::string_view ask_name(ServiceAsk ask);

/// A request of the engine to the service.
struct AskedOfService {
  Instant at;
  ServiceAsk ask;
  std::string command;  // for `opens`
};

/// The state of a flow while the script runs. In scripts, our sequence numbers count from our first
/// SYN; the visitor's are absolute.
struct Flow {
  NamedFlow named;

  std::optional<SeqNumber> visitor_isn, our_isn;
  SeqNumber acknowledged_isn;  // the visitor's ISN, from our SYN
  // Of the last segment with one that we sent, and of the one before it.
  std::uint32_t our_timestamp = 0, timestamp_before = 0;

  std::optional<SessionId> session;
  std::deque<AskedOfService> asked;
  std::string input;  // delivered to the service, not yet taken by a `gets`
  std::size_t input_taken = 0;
  std::string output;  // all output of the service
  std::size_t output_allowance = 0;

  SeqNumber our_base() const { return our_isn.value_or(SeqNumber{}); }
  /// Updates the numbers from a segment from or to the visitor.
  void note_injected(const TcpSegment& segment);
  void note_sent(const TcpSegment& segment);
};

/// The default bytes of a stream: `length` bytes at `offset`.
std::string alphabet(std::size_t offset, std::size_t length);

}  // namespace apiary::script
