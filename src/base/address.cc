#include "base/address.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace apiary {
namespace {

/// Takes a decimal number of at most `maximum` from the front of `text`; no sign, no leading zero.
std::optional<std::uint32_t> take_number(std::string_view& text, std::uint32_t maximum) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto digits = static_cast<std::size_t>(end - text.data());
  if (error != std::errc{} || number > maximum || (digits > 1 && text.front() == '0')) return {};
  text.remove_prefix(digits);
  return number;
}

bool take_character(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<IpAddress> take_v4(std::string_view& text) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    if (i > 0 && !take_character(text, '.')) return {};
    const auto octet = take_number(text, 255);
    if (!octet) return {};
    value = value << 8 | *octet;
  }
  return IpAddress::v4(value);
}

}  // namespace

std::optional<IpAddress> parse_ip_address(std::string_view text) {
  const auto address = take_v4(text);
  return text.empty() ? address : std::nullopt;
}

std::string to_string(const IpAddress& address) {
  const auto& b = address.bytes();
  if (address.is_v4()) return fmt::format("{}.{}.{}.{}", b[12], b[13], b[14], b[15]);
  std::string text;
  for (std::size_t i = 0; i < 16; i += 2)
    text += fmt::format("{}{:x}", i == 0 ? "" : ":", b[i] << 8 | b[i + 1]);
  return text;
}

std::optional<IpPrefix> parse_ip_prefix(std::string_view text) {
  const auto address = take_v4(text);
  if (!address) return {};
  if (text.empty()) return IpPrefix{*address, 32};
  if (!take_character(text, '/')) return {};
  const auto length = take_number(text, 32);
  if (!length || !text.empty()) return {};
  return IpPrefix{*address, static_cast<int>(*length)};
}

std::string to_string(const IpPrefix& prefix) {
  return fmt::format("{}/{}", to_string(prefix.first()), prefix.length());
}

std::optional<MacAddress> parse_mac_address(std::string_view text) {
  const bool is_in_pairs = text.find('.') == std::string_view::npos;  // else 0011.2233.4455
  const std::size_t groups = is_in_pairs ? 6 : 3, max_digits = is_in_pairs ? 2 : 4;
  const char separator = !is_in_pairs ? '.' : text.find('-') == std::string_view::npos ? ':' : '-';
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < groups; ++i) {
    if (i > 0 && !take_character(text, separator)) return {};
    std::uint16_t group = 0;
    const std::size_t most = std::min(max_digits, text.size());
    const auto [stop, error] = std::from_chars(text.data(), text.data() + most, group, 16);
    const auto digits = static_cast<std::size_t>(stop - text.data());
    if (error != std::errc{} || (!is_in_pairs && digits != max_digits)) return {};
    value = value << (4 * max_digits) | group;
    text.remove_prefix(digits);
  }
  if (!text.empty()) return {};
  MacAddress address;
  for (std::size_t i = 0; i < 6; ++i)
    address.bytes[i] = static_cast<std::uint8_t>(value >> (8 * (5 - i)));
  return address;
}

std::string to_string(const MacAddress& address) {
  return fmt::format("{:02x}", fmt::join(address.bytes, ":"));
}

std::string to_string(const Endpoint& endpoint) {
  return fmt::format("{}:{}", to_string(endpoint.address), endpoint.port.number);
}

}  // namespace apiary
