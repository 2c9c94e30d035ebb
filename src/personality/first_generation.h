#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "personality/fingerprint.h"

namespace apiary {

/// Whether a line is a test of Nmap's first generation of system detection (until 2006; paper,
/// section 2.4), such as `TSeq(Class=TD%gcd=<104)` or `T1(DF=Y%W=EF2A%ACK=S++%Flags=AS%Ops=MNWNNT)`.
bool is_first_generation(std::string_view test, std::string_view attributes);

/// Adds a line of the first generation to `fingerprint`, as the tests of the second that show the
/// same. What that asks more is left open. The texts go to `texts`, which keeps its elements in
/// place. Returns a message for a line it cannot read.
std::optional<std::string> add_first_generation(std::string_view test, std::string_view attributes,
                                                Fingerprint& fingerprint,
                                                std::deque<std::string>& texts);

}  // namespace apiary
