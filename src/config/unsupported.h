#pragma once

#include <vector>

#include "config/diagnostic.h"
#include "config/statement.h"

namespace apiary {

/// Remarks, once for each, on the statements that are understood and that this build does not act
/// on yet, wholly or in part, and on what happens instead.
void note_unsupported(const std::vector<Statement>& statements, Diagnostics& diagnostics);

}  // namespace apiary
