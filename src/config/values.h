#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "base/address.h"
#include "base/time.h"
#include "base/units.h"

namespace apiary {

/// Why a word is not the value that stands for it, to be said about the word.
struct Complaint {
  std::string message;
  std::string hint{};
};

/// "10.0.0.5": the address of one machine, so neither multicast nor broadcast nor 0.0.0.0.
tl::expected<IpAddress, Complaint> read_machine_address(std::string_view text);

/// "10.0.0.0/24", or an address alone. No bits are set after the prefix.
tl::expected<IpPrefix, Complaint> read_network(std::string_view text);

/// "80": from 1 to 65535.
tl::expected<Port, Complaint> read_port(std::string_view text);

/// "0.5": a percentage.
tl::expected<Probability, Complaint> read_loss(std::string_view text);

/// "55ms", "0.5ms": a one-way latency of at most a minute.
tl::expected<Duration, Complaint> read_latency(std::string_view text);

/// "HOST:PORT" of a proxy, HOST being an address, a host name, $ipsrc or $ipdst and PORT a number,
/// $sport or $dport. Gives it back in the same spelling.
tl::expected<std::string, Complaint> read_proxy_target(std::string_view text);

/// Whether `text` begins as a number or an address does.
bool begins_with_digit(std::string_view text);

/// Whether `text` can be a template's name or an unquoted command: a letter or '$', then letters,
/// digits and . ( ) / _ - *. (Honeyd's rule.)
bool is_plain_word(std::string_view text);

}  // namespace apiary
