#include "config/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace apiary {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

tl::unexpected<Complaint> complain(std::string message, std::string hint = {}) {
  return tl::unexpected(Complaint{std::move(message), std::move(hint)});
}

/// Reads a decimal number, with or without a fraction, that is all of `text`.
std::optional<double> whole_number(std::string_view text) {
  if (!begins_with_digit(text)) return {};
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return number;
}

/// What is wrong with an address that no machine has; empty when nothing is.
std::string_view unfit_for_a_machine(const IpAddress& address) {
  if (address.is_multicast()) return "a multicast address";
  if (address.is_broadcast()) return "the broadcast address";
  if (address.is_unspecified()) return "the unspecified address";
  return {};
}

bool is_host_name(std::string_view text) {
  const auto allowed = [](char c) {
    return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
  };
  const auto numeric = [](char c) { return is_digit(c) || c == '.'; };
  return !text.empty() && std::all_of(text.begin(), text.end(), allowed) &&
         !std::all_of(text.begin(), text.end(), numeric);
}

}  // namespace

bool begins_with_digit(std::string_view text) { return !text.empty() && is_digit(text.front()); }

bool is_plain_word(std::string_view text) {
  const auto allowed = [](char c) {
    return is_letter(c) || is_digit(c) ||
           std::string_view{"$.()/_-*"}.find(c) != std::string_view::npos;
  };
  return !text.empty() && (is_letter(text.front()) || text.front() == '$') &&
         std::all_of(text.begin(), text.end(), allowed);
}

tl::expected<IpAddress, Complaint> read_machine_address(std::string_view text) {
  const auto address = parse_ip_address(text);
  if (!address) {
    if (parse_ip_prefix(text))
      return complain(fmt::format("expected one address, found the network '{}'", text));
    if (text.find(':') != std::string_view::npos)
      return complain(fmt::format("'{}' is not an IPv4 address", text),
                      "IPv6 is not supported yet");
    return complain(fmt::format("'{}' is not an IPv4 address", text));
  }
  if (const auto unfit = unfit_for_a_machine(*address); !unfit.empty())
    return complain(fmt::format("{} is {}; no machine can have it", text, unfit));
  return *address;
}

tl::expected<IpPrefix, Complaint> read_network(std::string_view text) {
  const auto prefix = parse_ip_prefix(text);
  if (!prefix)
    return complain(fmt::format("'{}' is not a network", text),
                    "a network is written as 10.0.0.0/24, its length being 0 to 32");
  const auto address = parse_ip_address(text.substr(0, text.find('/')));
  if (prefix->first() != *address)
    return complain(fmt::format("'{}' has bits set after the first {}", text, prefix->length()),
                    fmt::format("the network is {}, the address alone {}/32", to_string(*prefix),
                                to_string(*address)));
  return *prefix;
}

tl::expected<Port, Complaint> read_port(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument)
    return complain(fmt::format("expected a port number, found '{}'", text),
                    "a port is a number from 1 to 65535");
  if (error != std::errc{} || number == 0 || number > 65535)
    return complain(fmt::format("there is no port {}", text), "a port is a number from 1 to 65535");
  return Port{static_cast<std::uint16_t>(number)};
}

tl::expected<Probability, Complaint> read_loss(std::string_view text) {
  const auto number = whole_number(text);
  if (number && *number <= 100) return percent(*number);
  constexpr std::string_view meaning = "loss is a percentage from 0 to 100";
  if (text.ends_with('%') && whole_number(text.substr(0, text.size() - 1)))
    return complain(fmt::format("'{}' is not a number", text),
                    fmt::format("{}, without the '%'", meaning));
  if (number || (text.starts_with('-') && whole_number(text.substr(1))))
    return complain(fmt::format("a loss of {} is impossible", text), std::string{meaning});
  return complain(fmt::format("'{}' is not a number", text), std::string{meaning});
}

tl::expected<Duration, Complaint> read_latency(std::string_view text) {
  constexpr double longest_ms = 60'000;
  constexpr std::string_view meaning =
      "a latency is written in milliseconds, such as 55ms or 0.5ms";
  if (!text.ends_with("ms"))
    return complain(fmt::format("'{}' is not a latency", text), std::string{meaning});
  const auto milliseconds_count = whole_number(text.substr(0, text.size() - 2));
  if (!milliseconds_count)
    return complain(fmt::format("'{}' is not a latency", text), std::string{meaning});
  if (*milliseconds_count > longest_ms)
    return complain(fmt::format("a latency of {} is too long", text), "the longest is 60000ms");
  return from_seconds(*milliseconds_count / 1000);
}

tl::expected<std::string, Complaint> read_proxy_target(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const std::string_view host = text.substr(0, colon);
  if (colon == std::string_view::npos || host.empty() || colon + 1 == text.size())
    return complain(fmt::format("'{}' is not where a proxy can lead", text),
                    "a proxy leads to HOST:PORT, such as 192.0.2.1:22 or $ipsrc:$dport");
  if (host != "$ipsrc" && host != "$ipdst" && !parse_ip_address(host) && !is_host_name(host))
    return complain(fmt::format("'{}' is neither an address nor a host name", host),
                    "a proxy's host is an address, a host name, $ipsrc or $ipdst");
  const std::string_view port = text.substr(colon + 1);
  if (port == "$sport" || port == "$dport") return std::string{text};
  if (!begins_with_digit(port))
    return complain(fmt::format("expected a port number, found '{}'", port),
                    "a proxy's port is a number from 1 to 65535, $sport or $dport");
  if (auto number = read_port(port); !number) return tl::unexpected(std::move(number.error()));
  return std::string{text};
}

}  // namespace apiary
