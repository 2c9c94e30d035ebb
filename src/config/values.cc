#include "config/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <optional>

#include "base/size_text.h"

namespace apiary {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

tl::unexpected<ValueError> complain(std::string message, std::string hint = {}) {
  return tl::unexpected(ValueError{std::move(message), std::move(hint)});
}

/// Parses all of `text` as a decimal number, with or without a fraction.
std::optional<double> whole_number(std::string_view text) {
  if (!begins_with_digit(text)) return {};
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return number;
}

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

tl::expected<IpAddress, ValueError> read_machine_address(std::string_view text) {
  const auto address = parse_ip_address(text);
  if (!address) {
    if (parse_ip_prefix(text))
      return complain(fmt::format("expected one address, found the network '{}'", text));
    if (text.find(':') != std::string_view::npos)
      return complain(fmt::format("'{}' is not an IPv4 address", text),
                      "IPv6 is not supported yet");
    return complain(fmt::format("'{}' is not an IPv4 address", text), how_to_write_address(text));
  }
  if (const auto unfit = unfit_for_a_machine(*address); !unfit.empty())
    return complain(fmt::format("{} is {}; no machine can have it", text, unfit),
                    address->is_unspecified() ? "for all addresses that nothing else is bound to, "
                                                "name the template 'default': create default"
                                              : "");
  return *address;
}

tl::expected<IpPrefix, ValueError> read_network(std::string_view text) {
  const auto prefix = parse_ip_prefix(text);
  if (prefix) return *prefix;
  if (const auto masked = read_masked(text))
    return complain(fmt::format("'{}' is not a network", text),
                    fmt::format("write {}", to_string(*masked)));
  return complain(fmt::format("'{}' is not a network", text),
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

tl::expected<Port, ValueError> read_port(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument)
    return complain(fmt::format("expected a port number, found '{}'", text),
                    text.find(',') == std::string_view::npos
                        ? "a port is a number from 1 to 65535"
                        : "several ports are a range, such as 80-90, or several statements");
  if (error != std::errc{} || number == 0 || number > 65535)
    return complain(fmt::format("there is no port {}", text), "a port is a number from 1 to 65535");
  return Port{static_cast<std::uint16_t>(number)};
}

tl::expected<PortRange, ValueError> read_ports(std::string_view text, IpProtocol protocol,
                                               const PortNames& names) {
  const auto one = [&](std::string_view port) -> tl::expected<Port, ValueError> {
    if (begins_with_digit(port) || port.empty() || port.front() == '-') return read_port(port);
    if (const auto known = names.find(port, protocol)) return *known;
    const std::string_view nearest = names.nearest(port, protocol);
    return complain(fmt::format("there is no {} port called '{}'", name_of(protocol), port),
                    nearest.empty() ? std::string{"a port is a number from 1 to 65535, or a name "
                                                  "of /etc/services"}
                                    : fmt::format("did you mean '{}'?", nearest));
  };
  const std::size_t dash = text.find('-', 1);
  const bool is_range = dash != std::string_view::npos && begins_with_digit(text);
  const auto first = one(is_range ? text.substr(0, dash) : text);
  if (!first) return tl::unexpected(first.error());
  if (!is_range) return PortRange{*first, *first};
  const auto last = one(text.substr(dash + 1));
  if (!last) return tl::unexpected(last.error());
  if (*last < *first)
    return complain(fmt::format("the ports '{}' run backwards", text),
                    fmt::format("write {}-{}", last->number, first->number));
  return PortRange{*first, *last};
}

tl::expected<AddressRange, ValueError> read_address_range(std::string_view text) {
  if (text.find('/') != std::string_view::npos) {
    const auto network = read_network(text);
    if (!network) return tl::unexpected(network.error());
    if (network->first().is_multicast() || network->last().is_multicast() ||
        network->last().is_broadcast() || network->length() == 0)
      return complain(fmt::format("no machine can have all the addresses of {}", text));
    return AddressRange{network->first(), network->last()};
  }
  const std::size_t dash = text.find('-');
  const auto first = read_machine_address(text.substr(0, dash));
  if (!first) return tl::unexpected(first.error());
  const auto last = read_machine_address(text.substr(dash + 1));
  if (!last) return tl::unexpected(last.error());
  if (*last < *first)
    return complain(fmt::format("the addresses '{}' run backwards", text),
                    fmt::format("write {}-{}", to_string(*last), to_string(*first)));
  return AddressRange{*first, *last};
}

tl::expected<Probability, ValueError> read_percentage(std::string_view text,
                                                      std::string_view noun) {
  const auto number = whole_number(text);
  if (number && *number <= 100) return percent(*number);
  const std::string meaning = fmt::format("{} is a percentage from 0 to 100", noun);
  if (text.ends_with('%') && whole_number(text.substr(0, text.size() - 1)))
    return complain(fmt::format("'{}' is not a number", text),
                    fmt::format("{}, without the '%'", meaning));
  if (number || (text.starts_with('-') && whole_number(text.substr(1))))
    return complain(fmt::format("a {} of {} is impossible", noun, text), meaning);
  return complain(fmt::format("'{}' is not a number", text), meaning);
}

tl::expected<Duration, ValueError> read_milliseconds(std::string_view text, std::string_view noun) {
  constexpr double max_ms = 60'000;
  const auto count = text.ends_with("ms") ? whole_number(text.substr(0, text.size() - 2))
                                          : std::optional<double>{};
  if (!count)
    return complain(fmt::format("'{}' is not a {}", text, noun),
                    fmt::format("a {} is written in milliseconds, such as 55ms or 0.5ms", noun));
  if (*count > max_ms)
    return complain(fmt::format("a {} of {} is too long", noun, text), "the longest is 60000ms");
  return from_seconds(*count / 1000);
}

tl::expected<std::uint32_t, ValueError> read_number(std::string_view text, std::string_view what,
                                                    std::uint32_t least, std::uint32_t most) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument)
    return complain(fmt::format("expected {}, found '{}'", what, text));
  if (error != std::errc{} || number < least || number > most)
    return complain(fmt::format("{} is not {}", text, what),
                    fmt::format("it is from {} to {}", least, most));
  return static_cast<std::uint32_t>(number);
}

tl::expected<std::uint64_t, ValueError> read_size(std::string_view text, std::string_view what,
                                                  std::uint64_t least, std::uint64_t most) {
  const auto bytes = parse_size(text);
  if (!bytes)
    return complain(fmt::format("'{}' is not {}", text, what),
                    "it is written in bytes, or as 500K, 128M or 2G");
  if (*bytes < least || *bytes > most)
    return complain(fmt::format("{} is not {}", text, what),
                    fmt::format("it is from {} to {}", size_text(least), size_text(most)));
  return *bytes;
}

tl::expected<std::uint64_t, ValueError> read_bandwidth(std::string_view text) {
  struct Unit {
    std::string_view name;
    double bits_per_second;
  };
  constexpr double most = 1e12;
  const std::size_t unit_at = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto number = whole_number(text.substr(0, unit_at));
  for (const Unit& unit : {Unit{"", 1}, Unit{"Kbps", 1e3}, Unit{"Mbps", 1e6}, Unit{"Gbps", 1e9}}) {
    if (!number || text.substr(unit_at) != unit.name) continue;
    const double rate = *number * unit.bits_per_second;
    if (rate >= 1 && rate <= most) return static_cast<std::uint64_t>(rate);
    return complain(fmt::format("a bandwidth of {} is impossible", text),
                    "it is from 1 bit per second to 1000Gbps");
  }
  return complain(fmt::format("'{}' is not a bandwidth", text),
                  "a bandwidth is written as 64Kbps, 10Mbps or 1Gbps");
}

tl::expected<EarlyDrop, ValueError> read_drop(std::string_view text) {
  const std::size_t dash = text.find('-', 1);
  if (dash == std::string_view::npos)
    return complain(fmt::format("'{}' is not a pair of delays", text),
                    "it is written as: drop between 10ms - 50ms");
  const auto from = read_milliseconds(text.substr(0, dash), "delay");
  if (!from) return tl::unexpected(from.error());
  const auto to = read_milliseconds(text.substr(dash + 1), "delay");
  if (!to) return tl::unexpected(to.error());
  if (*to <= *from)
    return complain(fmt::format("the delays '{}' run backwards", text),
                    "the first is where dropping begins, the second where all is dropped");
  return EarlyDrop{*from, *to};
}

namespace {

/// "12:00am", "5:30pm", "17:30:00", "17:30".
std::optional<Duration> read_time_of_day(std::string_view text) {
  const bool is_am = text.ends_with("am") || text.ends_with("AM");
  const bool is_pm = text.ends_with("pm") || text.ends_with("PM");
  if (is_am || is_pm) text.remove_suffix(2);
  if (text.ends_with(' ')) text.remove_suffix(1);  // "10:00:00 AM", as by strptime's %r
  int fields[3] = {0, 0, 0};
  int count = 0;
  for (const char* at = text.data(); count < 3; ++count) {
    const auto [end, error] = std::from_chars(at, text.data() + text.size(), fields[count]);
    if (error != std::errc{} || !is_digit(*at)) return {};
    if (end == text.data() + text.size()) {
      ++count;
      break;
    }
    if (*end != ':' || count == 2) return {};
    at = end + 1;
    if (at == text.data() + text.size()) return {};
  }
  if (count < 2 || fields[1] > 59 || fields[2] > 59) return {};
  if (is_am || is_pm) {
    if (fields[0] < 1 || fields[0] > 12) return {};
    fields[0] = fields[0] % 12 + (is_pm ? 12 : 0);
  }
  if (fields[0] > 23) return {};
  return hours{fields[0]} + minutes{fields[1]} + seconds{fields[2]};
}

}  // namespace

tl::expected<AtTime, ValueError> read_day_part(std::string_view text) {
  constexpr const char* meaning = "a time is written as 9:30am, 12:00pm (noon) or \"17:30:00\"";
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos)
    return complain(fmt::format("'{}' is not a span of time", text),
                    "it is written as: time between 9:00am - 5:00pm");
  for (const std::string_view time : {text.substr(0, dash), text.substr(dash + 1)})
    if (!read_time_of_day(time))
      return complain(fmt::format("'{}' is not a time of day", time), meaning);
  const AtTime part{*read_time_of_day(text.substr(0, dash)),
                    *read_time_of_day(text.substr(dash + 1))};
  if (part.from == part.to) return complain(fmt::format("'{}' is an empty span of time", text));
  return part;
}

tl::expected<std::string, ValueError> read_ethernet(std::string_view text) {
  if (const auto address = parse_mac_address(text)) {
    if (address->is_group())
      return complain(fmt::format("{} is a group address; no network card can have it", text));
    return std::string{text};
  }
  if (text.find(':') != std::string_view::npos)  // vendor names have no colon
    return complain(fmt::format("'{}' is not a link-layer address", text),
                    "it is written as 00:11:22:33:44:55");
  return std::string{text};
}

bool is_socket_path(std::string_view target) { return target.starts_with("unix:/"); }

namespace {

tl::expected<std::string, ValueError> read_socket_path(std::string_view text) {
  const std::string_view path = text.substr(text.find('/'));
  if (path.size() > socket_path_limit_bytes)
    return complain(fmt::format("the path '{}' is too long for a socket", path),
                    fmt::format("it may have {} bytes", socket_path_limit_bytes));
  if (path.ends_with('/')) return complain(fmt::format("'{}' is a folder, not a socket", path));
  return std::string{text};
}

}  // namespace

tl::expected<std::string, ValueError> read_proxy_target(std::string_view text) {
  if (is_socket_path(text)) return read_socket_path(text);
  const std::size_t colon = text.rfind(':');
  const std::string_view host = text.substr(0, colon);
  if (colon == std::string_view::npos || host.empty() || colon + 1 == text.size())
    return complain(fmt::format("'{}' is not a target for a proxy", text),
                    "a proxy's target is HOST:PORT, such as 192.0.2.1:22 or $ipsrc:$dport, or "
                    "unix:/PATH");
  if (host != "$ipsrc" && host != "$ipdst" && !parse_ip_address(host) && !is_host_name(host))
    return complain(fmt::format("'{}' is neither an address nor a host name", host),
                    "a proxy's host is an address, a host name, $ipsrc or $ipdst");
  const std::string_view port = text.substr(colon + 1);
  if (port == "$sport" || port == "$dport") return std::string{text};
  if (!begins_with_digit(port) && host == "unix")
    return complain(fmt::format("'{}' is not an absolute path", port),
                    "a Unix socket is written as unix:/run/sshd.sock");
  if (!begins_with_digit(port))
    return complain(fmt::format("expected a port number, found '{}'", port),
                    "a proxy's port is a number from 1 to 65535, $sport or $dport");
  if (auto number = read_port(port); !number) return tl::unexpected(std::move(number.error()));
  return std::string{text};
}

}  // namespace apiary
