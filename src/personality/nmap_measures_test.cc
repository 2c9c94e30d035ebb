#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "personality/testing/nmap_model.h"

namespace apiary::nmap_model {

std::string hexadecimal(std::uint64_t value) { return fmt::format("{:X}", value); }

std::string ip_id_class(const std::vector<std::uint16_t>& ids) {
  std::vector<std::uint32_t> steps;
  for (std::size_t i = 1; i < ids.size(); ++i) {
    if (ids[i] < ids[i - 1] || ids[i] - ids[i - 1] > 20000) return ids.size() > 2 ? "RD" : "RI";
    steps.push_back(static_cast<std::uint32_t>(ids[i] - ids[i - 1]));
  }
  const auto all = [&](auto&& holds) { return std::ranges::all_of(steps, holds); };
  if (all([](std::uint32_t step) { return step == 0; }))
    return hexadecimal(ids[0]) == "0" ? "Z" : hexadecimal(ids[0]);
  if (std::ranges::any_of(steps, [](std::uint32_t step) {
        return step > 1000 && (step % 256 != 0 || step >= 25600);
      }))
    return "RI";
  if (all([](std::uint32_t step) { return step % 256 == 0 && step <= 5120; })) return "BI";
  if (all([](std::uint32_t step) { return step < 10 || (step % 2 == 0 && step <= 5120); }))
    return "I";
  return "";
}

Attributes measure_isns(const std::vector<IsnSample>& samples) {
  std::uint32_t divisor = 0;
  std::vector<double> rates;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    const std::uint32_t step = samples[i].isn - samples[i - 1].isn;
    const std::uint32_t distance = std::min(step, 0U - step);
    divisor = std::gcd(divisor, distance);
    rates.push_back(distance / (samples[i].sent_seconds - samples[i - 1].sent_seconds));
  }
  if (divisor == 0) return {{"SP", "0"}, {"GCD", "0"}, {"ISR", "0"}};
  const double count = static_cast<double>(rates.size());
  const double mean = std::accumulate(rates.begin(), rates.end(), 0.0) / count;
  double squares = 0;
  for (const double rate : rates) squares += (rate - mean) * (rate - mean);
  const double deviation = std::sqrt(squares / (count - 1)) / (divisor > 9 ? divisor : 1);
  const auto eighths = [](double value) {
    return hexadecimal(value <= 1 ? 0 : static_cast<std::uint64_t>(8 * std::log2(value) + 0.5));
  };
  return {{"SP", eighths(deviation)}, {"GCD", hexadecimal(divisor)}, {"ISR", eighths(mean)}};
}

std::string option_string(Bytes options) {
  std::string result;
  while (!options.empty()) {
    const std::uint8_t kind = options[0];
    const std::size_t size = kind <= tcp_option::nop ? 1 : options[1];
    switch (kind) {
      case tcp_option::end:
        result += 'L';
        break;
      case tcp_option::nop:
        result += 'N';
        break;
      case tcp_option::mss:
        result += 'M' + hexadecimal(options[2] << 8U | options[3]);
        break;
      case tcp_option::window_scale:
        result += 'W' + hexadecimal(options[2]);
        break;
      case tcp_option::sack_permitted:
        result += 'S';
        break;
      case tcp_option::timestamps: {
        const auto is_set = [](std::uint8_t byte) { return byte != 0; };
        result += 'T';
        result += std::ranges::any_of(options.subspan(2, 4), is_set) ? '1' : '0';
        result += std::ranges::any_of(options.subspan(6, 4), is_set) ? '1' : '0';
        break;
      }
      default:
        result += '?';
    }
    options = options.subspan(size);
  }
  return result;
}

TcpOptionBytes options_from(std::string_view spelling) {
  TcpOptionBytes bytes;
  while (!spelling.empty()) {
    const char letter = spelling[0];
    const std::size_t end = std::min(spelling.find_first_of("LNMWST", 1), spelling.size());
    const auto number = parse_number_range(spelling.substr(1, end - 1)).value_or(NumberRange{}).low;
    if (letter == 'L') bytes.put_end();
    if (letter == 'N') bytes.put_nop();
    if (letter == 'S') bytes.put_sack_permitted();
    if (letter == 'M') bytes.put_mss(static_cast<std::uint16_t>(number));
    if (letter == 'W') bytes.put_window_scale(static_cast<std::uint8_t>(number));
    if (letter == 'T') bytes.put_timestamps({.value = 0xffffffff, .echo_reply = 0});
    spelling.remove_prefix(end);
  }
  while (bytes.size() % 4 != 0) bytes.put_nop();
  return bytes;
}

TEST(NmapModelTest, ClassifiesIpIds) {
  struct Case {
    const char* name;
    std::vector<std::uint16_t> ids;
    const char* expected;
  };
  for (const Case& c : {
           Case{"all zero", {0, 0, 0}, "Z"},
           Case{"by one", {7, 8, 9}, "I"},
           Case{"by one in the other byte order", {0x0100, 0x0200, 0x0300}, "BI"},
           Case{"by more than a thousand", {1, 1100, 2300}, "RI"},
           Case{"down", {9, 8, 9}, "RD"},
           Case{"always the same", {0x1234, 0x1234, 0x1234}, "1234"},
           Case{"by eleven", {0, 11, 22}, ""},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(ip_id_class(c.ids), c.expected);
  }
}

TEST(NmapModelTest, FormatsOptionsAsItParsesThem) {
  for (const char* spelling : {"WANM5B4T10S", "M578W0ST10L", "T10NNW5NM280", "ST10WAL", "M109ST10"})
    EXPECT_EQ(option_string(options_from(spelling).bytes()), spelling);
}

}  // namespace apiary::nmap_model
