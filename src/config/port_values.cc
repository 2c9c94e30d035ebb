#include "config/port_values.h"

#include <fmt/format.h>

#include <charconv>

#include "config/plain_word.h"

namespace apiary {

tl::expected<Port, ValueError> read_port(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument)
    return invalid(fmt::format("expected a port number, found '{}'", text),
                   text.find(',') == std::string_view::npos
                       ? "a port is a number from 1 to 65535"
                       : "several ports are a range, such as 80-90, or several statements");
  if (error != std::errc{} || number == 0 || number > 65535)
    return invalid(fmt::format("there is no port {}", text), "a port is a number from 1 to 65535");
  return Port{static_cast<std::uint16_t>(number)};
}

tl::expected<PortRange, ValueError> read_ports(std::string_view text, IpProtocol protocol,
                                               const PortNames& names) {
  const auto one = [&](std::string_view port) -> tl::expected<Port, ValueError> {
    if (begins_with_digit(port) || port.empty() || port.front() == '-') return read_port(port);
    if (const auto known = names.find(port, protocol)) return *known;
    const std::string_view nearest = names.nearest(port, protocol);
    return invalid(fmt::format("there is no {} port called '{}'", name_of(protocol), port),
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
    return invalid(fmt::format("the ports '{}' run backwards", text),
                   fmt::format("write {}-{}", last->number, first->number));
  return PortRange{*first, *last};
}

}  // namespace apiary
