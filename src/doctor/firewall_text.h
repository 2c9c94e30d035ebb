#pragma once

#include <optional>
#include <string_view>

#include "doctor/firewall.h"

namespace apiary {

/// Reads what `nft -j list ruleset` prints. Nothing when it is not that.
std::optional<Firewall> parse_nft_json(std::string_view json);

/// Reads what `iptables-legacy-save` prints.
Firewall parse_iptables_save(std::string_view text);

}  // namespace apiary
