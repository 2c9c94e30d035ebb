#include "config/address_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "base/ascii.h"
#include "config/plain_word.h"

namespace apiary {
namespace {

/// Why no machine can have an address; empty if one can.
std::string_view unfit_for_a_machine(const IpAddress& address) {
  if (address.is_multicast()) return "a multicast address";
  if (address.is_broadcast()) return "the broadcast address";
  if (address.is_unspecified()) return "the unspecified address";
  return {};
}

/// "10.0.0.5" for "010.000.00.5": without leading zeros, which mean octal in C.
std::string without_leading_zeros(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool has_no_digit_before = result.empty() || result.back() == '.';
    const bool is_last_digit = i + 1 == text.size() || text[i + 1] == '.';
    if (text[i] != '0' || !has_no_digit_before || is_last_digit) result += text[i];
  }
  return result;
}

std::string how_to_write_address(std::string_view text) {
  if (text.find_first_of("*,") != std::string_view::npos)
    return "a network is written as 10.0.0.0/24, a range as 10.0.0.5-10.0.0.9";
  if (!text.empty() && std::all_of(text.begin(), text.end(), is_digit))
    return "an address is written in full, also the second of a range: 10.0.0.5-10.0.0.9";
  if (const std::string plain = without_leading_zeros(text); parse_ip_address(plain))
    return fmt::format("write {}, without the leading zeros", plain);
  return "an address is four numbers from 0 to 255, such as 10.0.0.5";
}

/// "10.0.0.0/255.255.255.0".
std::optional<IpPrefix> read_masked(std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const auto address = parse_ip_address(text.substr(0, slash));
  const auto mask = parse_ip_address(text.substr(std::min(slash + 1, text.size())));
  if (!address || !mask || !address->is_v4() || !mask->is_v4()) return {};
  const int length = std::countl_one(mask->v4_value());
  if (length + std::countr_zero(mask->v4_value()) < 32) return {};
  return IpPrefix{*address, static_cast<std::uint8_t>(length)};
}

}  // namespace

tl::expected<IpAddress, ValueError> read_machine_address(std::string_view text) {
  const auto address = parse_ip_address(text);
  if (!address) {
    if (parse_ip_prefix(text))
      return invalid(fmt::format("expected one address, found the network '{}'", text));
    if (text.find(':') != std::string_view::npos)
      return invalid(fmt::format("'{}' is not an IPv4 address", text), "IPv6 is not supported yet");
    return invalid(fmt::format("'{}' is not an IPv4 address", text), how_to_write_address(text));
  }
  if (const auto unfit = unfit_for_a_machine(*address); !unfit.empty())
    return invalid(fmt::format("{} is {}; no machine can have it", text, unfit),
                   address->is_unspecified() ? "for all addresses that nothing else is bound to, "
                                               "name the template 'default': create default"
                                             : "");
  return *address;
}

tl::expected<IpPrefix, ValueError> read_network(std::string_view text) {
  const auto prefix = parse_ip_prefix(text);
  if (prefix) return *prefix;
  if (const auto masked = read_masked(text))
    return invalid(fmt::format("'{}' is not a network", text),
                   fmt::format("write {}", to_string(*masked)));
  return invalid(fmt::format("'{}' is not a network", text),
                 "a network is written as 10.0.0.0/24, its length being 0 to 32");
}

std::optional<ValueError> remark_on_host_bits(std::string_view text) {
  const auto prefix = parse_ip_prefix(text);
  const auto address = parse_ip_address(text.substr(0, text.find('/')));
  if (!prefix || !address || prefix->first() == *address) return {};
  return ValueError{fmt::format("'{}' has bits set after the first {}: it is taken as {}", text,
                                prefix->length(), to_string(*prefix)),
                    fmt::format("write {}, or {} for the address alone", to_string(*prefix),
                                to_string(*address))};
}

tl::expected<AddressRange, ValueError> read_address_range(std::string_view text) {
  if (text.find('/') != std::string_view::npos) {
    const auto network = read_network(text);
    if (!network) return tl::unexpected(network.error());
    if (network->first().is_multicast() || network->last().is_multicast() ||
        network->last().is_broadcast() || network->length() == 0)
      return invalid(fmt::format("no machine can have all the addresses of {}", text));
    return AddressRange{network->first(), network->last()};
  }
  const std::size_t dash = text.find('-');
  const auto first = read_machine_address(text.substr(0, dash));
  if (!first) return tl::unexpected(first.error());
  const auto last = read_machine_address(text.substr(dash + 1));
  if (!last) return tl::unexpected(last.error());
  if (*last < *first)
    return invalid(fmt::format("the addresses '{}' run backwards", text),
                   fmt::format("write {}-{}", to_string(*last), to_string(*first)));
  return AddressRange{*first, *last};
}

tl::expected<std::string, ValueError> read_ethernet(std::string_view text) {
  if (const auto address = parse_mac_address(text)) {
    if (address->is_group())
      return invalid(fmt::format("{} is a group address; no network card can have it", text));
    return std::string{text};
  }
  if (text.find(':') != std::string_view::npos)  // vendor names have no colon
    return invalid(fmt::format("'{}' is not a link-layer address", text),
                   "it is written as 00:11:22:33:44:55");
  return std::string{text};
}

}  // namespace apiary
