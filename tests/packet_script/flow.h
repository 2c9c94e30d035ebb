#pragma once

#include <deque>
#include <optional>
#include <string>

#include "script.h"
#include "wire/tcp.h"

namespace apiary::script {

/// "opens", as scripts spell it.
std::string_view ask_name(ServiceAsk ask);

/// Something the engine asked of the service.
struct AskedOfService {
  Instant at;
  ServiceAsk ask;
  std::string command;  // of opens
};

/// What is known of one of the script's flows while it runs. Scripts count our sequence numbers
/// from our first SYN, the visitor's as they are.
struct Flow {
  NamedFlow named;

  std::optional<SeqNumber> visitor_isn, our_isn;
  SeqNumber acknowledged_isn;       // the visitor's, by our SYN
  std::uint32_t our_timestamp = 0;  // the last one seen

  std::optional<SessionId> session;
  std::deque<AskedOfService> asked;
  std::string input;  // delivered to the service, not yet taken by a `gets`
  std::size_t input_taken = 0;
  std::string output;  // all that the service has said
  std::size_t output_allowance = 0;

  SeqNumber our_base() const { return our_isn.value_or(SeqNumber{}); }
  /// Notes what a segment from the visitor, or to him, tells about the numbers.
  void note_injected(const TcpSegment& segment);
  void note_sent(const TcpSegment& segment);
};

/// Where `length` bytes at `offset` of a stream that nobody spelled out come from.
std::string alphabet(std::size_t offset, std::size_t length);

}  // namespace apiary::script
