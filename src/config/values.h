#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "base/address.h"
#include "base/time.h"
#include "base/units.h"
#include "config/port_names.h"
#include "config/statement.h"

namespace apiary {

/// Why a word is not a valid value.
struct ValueError {
  std::string message;
  std::string hint{};
};

/// "10.0.0.5": the address of a machine, not multicast, broadcast or 0.0.0.0.
tl::expected<IpAddress, ValueError> read_machine_address(std::string_view text);

/// "10.0.0.0/24", or a single address. Clears bits set after the prefix, as Honeyd does.
tl::expected<IpPrefix, ValueError> read_network(std::string_view text);

/// The warning about "10.0.0.5/24", in which bits after the prefix are set; nothing for others.
std::optional<ValueError> remark_on_host_bits(std::string_view text);

/// "80": from 1 to 65535.
tl::expected<Port, ValueError> read_port(std::string_view text);

/// "80", "http", "6000-6010": ports by number or name. (Names may have dashes in them.)
tl::expected<PortRange, ValueError> read_ports(std::string_view text, IpProtocol protocol,
                                               const PortNames& names);

/// "10.0.0.0/24", "10.0.0.5-10.0.0.9": addresses that machines can have.
tl::expected<AddressRange, ValueError> read_address_range(std::string_view text);

/// "0.5": a percentage of `noun`.
tl::expected<Probability, ValueError> read_percentage(std::string_view text, std::string_view noun);

/// "55ms", "0.5ms": a time of at most a minute; `noun` names it in messages.
tl::expected<Duration, ValueError> read_milliseconds(std::string_view text, std::string_view noun);

/// "35": a whole number from `least` to `most`; `what` names it in messages.
tl::expected<std::uint32_t, ValueError> read_number(std::string_view text, std::string_view what,
                                                    std::uint32_t least, std::uint32_t most);

/// "10Mbps", "3.4Kbps", "9600": bits per second, at least one and at most 1000Gbps.
tl::expected<std::uint64_t, ValueError> read_bandwidth(std::string_view text);

/// "5ms-9ms": the queueing delays at which a link starts to drop, and at which it drops all.
tl::expected<EarlyDrop, ValueError> read_drop(std::string_view text);

/// "12:00am-5:00pm", "08:00:00-17:30:00": a span of the day.
tl::expected<AtTime, ValueError> read_day_part(std::string_view text);

/// "00:11:22:33:44:55", the address of a card, or the name of a vendor. Returns it unchanged.
tl::expected<std::string, ValueError> read_ethernet(std::string_view text);

/// The path of a Unix socket, in Linux: sun_path of sockaddr_un, which ends with a zero.
inline constexpr std::size_t socket_path_limit_bytes = 107;

/// Whether a proxy's target is a Unix socket: "unix:/run/sshd.sock".
bool is_socket_path(std::string_view target);

/// "unix:/PATH" or "HOST:PORT" of a proxy. HOST is an address, a host name, $ipsrc or $ipdst; PORT
/// a number, $sport or $dport. Returns it in the same spelling.
tl::expected<std::string, ValueError> read_proxy_target(std::string_view text);

/// "128M" in bytes, from `least` to `most`; `what` names it in messages.
tl::expected<std::uint64_t, ValueError> read_size(std::string_view text, std::string_view what,
                                                  std::uint64_t least, std::uint64_t most);

/// Whether `text` begins like a number or an address.
bool begins_with_digit(std::string_view text);

/// Whether `text` can be a template's name or an unquoted command: a letter or '$', then letters,
/// digits and . ( ) / _ - *. (Honeyd's rule.)
bool is_plain_word(std::string_view text);

}  // namespace apiary
