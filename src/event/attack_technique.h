#pragma once

#include <string_view>

#include "event/event.h"

namespace apiary {

/// A technique of MITRE ATT&CK for Linux: attack.mitre.org/techniques/ID.
struct AttackTechnique {
  std::string_view id, name;
};

/// The technique that a refused system call plainly belongs to; nullptr: none in particular.
const AttackTechnique* technique_of(const events::Attempt& attempt);

}  // namespace apiary
