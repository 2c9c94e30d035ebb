#include "flow.h"

#include <utility>

#include "wire/tcp_options.h"

namespace apiary::script {

void Flow::note_injected(const TcpSegment& segment) {
  if (segment.has(tcp_flag::syn)) visitor_isn = segment.sequence;
}

void Flow::note_sent(const TcpSegment& segment) {
  const bool another_connection = our_isn && segment.acknowledgment != acknowledged_isn;
  if (segment.has(tcp_flag::syn) && (!our_isn || another_connection)) {
    our_isn = segment.sequence;
    acknowledged_isn = segment.acknowledgment;
  }
  if (const auto timestamps = parse_tcp_options(segment.options).timestamps)
    timestamp_before = std::exchange(our_timestamp, timestamps->value);
}

std::string_view ask_name(ServiceAsk ask) {
  switch (ask) {
    case ServiceAsk::opens:
      return "opens";
    case ServiceAsk::gets:
      return "gets";
    case ServiceAsk::input_ends:
      return "input ends";
    case ServiceAsk::closes:
      return "closes";
    case ServiceAsk::connect_fails:
      return "connection fails";
  }
  return "";
}

std::string alphabet(std::size_t offset, std::size_t length) {
  std::string text(length, ' ');
  for (std::size_t i = 0; i < length; ++i)
    text[i] = static_cast<char>('a' + static_cast<int>((offset + i) % 26));
  return text;
}

}  // namespace apiary::script
