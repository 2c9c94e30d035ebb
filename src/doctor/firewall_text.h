#pragma once

#include <optional>
#include <string_view>

#include "doctor/firewall.h"

namespace apiary {

/// Parses the output of `nft -j list ruleset`. Returns nothing for other text.
std::optional<Firewall> parse_nft_json(std::string_view json);

/// Parses the output of `iptables-legacy-save`.
Firewall parse_iptables_save(std::string_view text);

}  // namespace apiary
