#include <charconv>
#include <map>

#include "parse_packet.h"
#include "wire/tcp.h"

namespace apiary::script {
namespace {

std::uint8_t parse_flags(Scanner& scanner) {
  static const std::map<char, std::uint8_t> flags = {
      {'S', tcp_flag::syn}, {'F', tcp_flag::fin}, {'R', tcp_flag::rst}, {'P', tcp_flag::psh},
      {'.', tcp_flag::ack}, {'U', tcp_flag::urg}, {'E', tcp_flag::ece}, {'W', tcp_flag::cwr}};
  if (scanner.take("-")) return 0;
  std::uint8_t result = 0;
  for (const char letter : scanner.peek_word(".")) {
    const auto found = flags.find(letter);
    if (found == flags.end())
      return scanner.fail("TCP flags (S F R P . U E W, or -), icmp, udp, arp or bytes"), 0;
    result = static_cast<std::uint8_t>(result | found->second);
  }
  scanner.word("a packet", ".");
  return result;
}

/// The bytes of an option of unknown kind, including kind and length.
std::vector<std::uint8_t> parse_hexadecimal(Scanner& scanner) {
  std::vector<std::uint8_t> bytes;
  const std::string digits = scanner.peek_word();
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    std::uint8_t byte = 0;
    std::from_chars(digits.data() + i, digits.data() + i + 2, byte, 16);
    bytes.push_back(byte);
  }
  if (!digits.empty()) scanner.word("hexadecimal digits");
  return bytes;
}

TcpOptionPattern parse_option(Scanner& scanner) {
  TcpOptionPattern option{scanner.word("a TCP option"), {}, {}};
  if (option.name == "mss" || option.name == "wscale") {
    option.numbers = {scanner.number_or_any("the option's value")};
  } else if (option.name == "TS") {
    scanner.expect("val");
    option.is_increment = scanner.take("+");
    option.numbers.push_back(scanner.number_or_any("a timestamp"));
    scanner.expect("ecr");
    option.numbers.push_back(scanner.number_or_any("a timestamp"));
  } else if (option.name == "sack") {
    while (scanner.ok() && !scanner.sees(",") && !scanner.sees(">")) {
      option.numbers.push_back(scanner.number_or_any("where a block starts"));
      scanner.expect(":");
      option.numbers.push_back(scanner.number_or_any("where a block ends"));
    }
  } else if (option.name == "opt") {
    const auto kind = static_cast<std::uint8_t>(scanner.number("an option kind", 255));
    option.raw = parse_hexadecimal(scanner);
    const auto length = static_cast<std::uint8_t>(option.raw.size() + 2);
    option.raw.insert(option.raw.begin(), {kind, length});
  } else if (option.name == "bad") {
    option.raw = parse_hexadecimal(scanner);
  } else if (option.name != "nop" && option.name != "eol" && option.name != "sackOK") {
    scanner.fail("mss, nop, wscale, sackOK, sack, TS, eol, opt or bad");
  }
  return option;
}

void parse_options(Scanner& scanner, TcpPattern& tcp) {
  if (!scanner.take("<")) return;
  if (scanner.take("...>")) {
    tcp.any_options = true;
    return;
  }
  while (scanner.ok()) {
    tcp.options.push_back(parse_option(scanner));
    if (scanner.take(">")) return;
    scanner.expect(",");
  }
}

void parse_sequence_range(Scanner& scanner, TcpPattern& tcp) {
  tcp.sequence = static_cast<std::uint32_t>(
      scanner.number("a sequence range such as 1000:1000(0)", 0xffffffff));
  scanner.expect(":");
  const auto end = static_cast<std::uint32_t>(scanner.number("where it ends", 0xffffffff));
  tcp.length = parse_length(scanner);
  if (scanner.ok() && end - tcp.sequence != tcp.length)
    scanner.fail("a length that is the range's");
}

}  // namespace

TcpPattern parse_tcp_pattern(Scanner& scanner) {
  TcpPattern tcp;
  tcp.flags = parse_flags(scanner);
  parse_sequence_range(scanner, tcp);
  if (scanner.take("ack"))
    tcp.acknowledgment =
        static_cast<std::uint32_t>(scanner.number("an acknowledgment number", 0xffffffff));
  if (scanner.take("win") && !scanner.take("*"))
    tcp.window = static_cast<std::uint16_t>(scanner.number("a window", 65535));
  if (scanner.take("urg"))
    tcp.urgent_pointer = static_cast<std::uint16_t>(scanner.number("an urgent pointer", 65535));
  if (scanner.take("reserved"))
    tcp.reserved = static_cast<std::uint8_t>(scanner.number("the reserved bits", 15));
  parse_options(scanner, tcp);
  if (scanner.sees("\"")) {
    tcp.text = scanner.quoted();
    if (tcp.text->size() != tcp.length) scanner.fail("text as long as the range");
  }
  return tcp;
}

}  // namespace apiary::script
