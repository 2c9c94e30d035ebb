#pragma once

#include <span>

#include "sink/sink_kind.h"

namespace apiary {

/// All kinds of sinks for `--sink`, in the order of the documentation. Static.
std::span<const SinkKind* const> sink_kinds();

}  // namespace apiary
