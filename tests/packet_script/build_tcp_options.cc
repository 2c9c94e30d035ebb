#include "build_tcp_options.h"

#include "wire/tcp_options.h"

namespace apiary::script {
namespace {

void put_word(std::vector<std::uint8_t>& bytes, std::uint32_t word) {
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes.push_back(static_cast<std::uint8_t>(word >> shift));
}

void put_option(std::vector<std::uint8_t>& bytes, const TcpOptionPattern& option,
                const Flow* flow) {
  const auto number = [&](std::size_t i) { return option.numbers[i].value_or(0); };
  const auto start = [&](std::uint8_t kind, std::size_t length) {
    bytes.push_back(kind);
    bytes.push_back(static_cast<std::uint8_t>(length));
  };
  if (option.name == "eol") {
    bytes.push_back(tcp_option::end);
  } else if (option.name == "nop") {
    bytes.push_back(tcp_option::nop);
  } else if (option.name == "mss") {
    start(tcp_option::mss, 4);
    bytes.push_back(static_cast<std::uint8_t>(number(0) >> 8));
    bytes.push_back(static_cast<std::uint8_t>(number(0)));
  } else if (option.name == "wscale") {
    start(tcp_option::window_scale, 3);
    bytes.push_back(static_cast<std::uint8_t>(number(0)));
  } else if (option.name == "sackOK") {
    start(tcp_option::sack_permitted, 2);
  } else if (option.name == "TS") {
    start(tcp_option::timestamps, 10);
    put_word(bytes, number(0));
    put_word(bytes, option.numbers[1].value_or(flow == nullptr ? 0 : flow->our_timestamp));
  } else if (option.name == "sack") {
    start(tcp_option::sack, 2 + 4 * option.numbers.size());
    const std::uint32_t base = flow == nullptr ? 0 : flow->our_base().value;
    for (std::size_t i = 0; i < option.numbers.size(); ++i) put_word(bytes, base + number(i));
  } else {
    bytes.insert(bytes.end(), option.raw.begin(), option.raw.end());
  }
}

}  // namespace

tl::expected<std::vector<std::uint8_t>, std::string> build_tcp_options(
    const std::vector<TcpOptionPattern>& options, const Flow* flow) {
  std::vector<std::uint8_t> bytes;
  for (const TcpOptionPattern& option : options) {
    const bool open_value = option.name != "TS" && !option.numbers.empty() && !option.numbers[0];
    if (open_value || (option.name == "TS" && !option.numbers[0]))
      return tl::unexpected("the option " + option.name + " needs a value");
    put_option(bytes, option, flow);
  }
  while (bytes.size() % 4 != 0) bytes.push_back(tcp_option::end);
  if (bytes.size() > 40) return tl::unexpected(std::string("the options are longer than 40 bytes"));
  return bytes;
}

}  // namespace apiary::script
