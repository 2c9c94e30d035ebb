#pragma once

#include <span>

#include "sink/sink_kind.h"

namespace apiary {

/// All kinds of sinks that `--sink` opens, in the order of the documentation. They live as long as
/// the program.
std::span<const SinkKind* const> sink_kinds();

}  // namespace apiary
