#pragma once

#include <vector>

#include "config/diagnostic.h"
#include "config/statement.h"

namespace apiary {

/// Reports valid statements that this build does not implement yet, wholly or in part, and what
/// happens instead. One remark per statement.
void note_unsupported(const std::vector<Statement>& statements, Diagnostics& diagnostics);

}  // namespace apiary
