#pragma once

#include <cstdint>
#include <string_view>

#include "audit/observation.h"

namespace apiary {

/// The families of operating systems that the checks tell apart.
enum class SystemKind : std::uint8_t { unknown, linux_kernel, windows, bsd, apple, cisco, other };

/// "Linux", "Windows" ...
std::string_view name_of(SystemKind kind);
/// Of a personality's name. `other`: it names a system that is none of these.
SystemKind system_of_name(std::string_view personality);
/// What the text of a service says about its system; unknown: nothing.
SystemKind system_in_text(std::string_view text);
/// What TTL and options of the host's answers say; unknown: nothing certain.
SystemKind system_of_stack(const HostObservation& host);
/// The configured system, else that of the stack.
SystemKind system_of(const HostObservation& host);
/// Whether a machine can be both: an appliance may run Linux.
bool can_be_same(SystemKind one, SystemKind other);

/// The TTL with which a packet was sent, by the one it arrived with.
int initial_ttl(std::uint8_t ttl);

}  // namespace apiary
