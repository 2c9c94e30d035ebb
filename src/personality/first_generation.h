#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "personality/fingerprint.h"

namespace apiary {

/// Whether a line is a test of Nmap's first generation of system detection (until 2006; paper,
/// section 2.4), such as `TSeq(Class=TD%gcd=<104)` or
/// `T1(DF=Y%W=EF2A%ACK=S++%Flags=AS%Ops=MNWNNT)`.
bool is_first_generation(std::string_view test, std::string_view attributes);

/// Translates a line of the first generation and adds the equivalent tests of the second to
/// `fingerprint`. Leaves open what only the second generation tests. Stores the texts in `texts`,
/// which keeps its elements in place. Returns a message for an invalid line.
std::optional<std::string> add_first_generation(std::string_view test, std::string_view attributes,
                                                Fingerprint& fingerprint,
                                                std::deque<std::string>& texts);

}  // namespace apiary
