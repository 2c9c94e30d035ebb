#include <map>

#include "parse_packet.h"
#include "wire/icmp.h"

namespace apiary::script {
namespace {

std::uint8_t parse_type(Scanner& scanner) {
  static const std::map<std::string, IcmpType> types = {
      {"echo_reply", IcmpType::echo_reply},
      {"destination_unreachable", IcmpType::destination_unreachable},
      {"source_quench", IcmpType::source_quench},
      {"redirect", IcmpType::redirect},
      {"echo_request", IcmpType::echo_request},
      {"time_exceeded", IcmpType::time_exceeded},
      {"parameter_problem", IcmpType::parameter_problem}};
  if (scanner.take("type")) return static_cast<std::uint8_t>(scanner.number("an ICMP type", 255));
  const auto found = types.find(scanner.peek_word());
  if (found == types.end()) return scanner.fail("an ICMP type such as echo_request"), 0;
  scanner.word("an ICMP type");
  return static_cast<std::uint8_t>(found->second);
}

std::uint8_t parse_code(Scanner& scanner, std::uint8_t type) {
  if (scanner.take("code")) return static_cast<std::uint8_t>(scanner.number("an ICMP code", 255));
  if (type != static_cast<std::uint8_t>(IcmpType::destination_unreachable)) return 0;
  if (scanner.take("network")) return icmp_unreachable::network;
  if (scanner.take("host")) return icmp_unreachable::host;
  if (scanner.take("protocol")) return icmp_unreachable::protocol;
  if (scanner.take("port")) return icmp_unreachable::port;
  scanner.fail("network, host, protocol, port or code");
  return 0;
}

}  // namespace

IcmpPattern parse_icmp_pattern(Scanner& scanner) {
  IcmpPattern icmp;
  icmp.type = parse_type(scanner);
  icmp.code = parse_code(scanner, icmp.type);
  if (scanner.take("id")) {
    const auto id = static_cast<std::uint32_t>(scanner.number("an identifier", 65535));
    scanner.expect("seq");
    icmp.rest = id << 16 | static_cast<std::uint32_t>(scanner.number("a sequence number", 65535));
  } else if (scanner.take("rest")) {
    icmp.rest = static_cast<std::uint32_t>(scanner.number("the header's last word", 0xffffffff));
  }
  if (scanner.take("[")) {
    icmp.quote = scanner.until(']');
  } else if (scanner.sees("(")) {
    icmp.length = parse_length(scanner);
  }
  return icmp;
}

}  // namespace apiary::script
