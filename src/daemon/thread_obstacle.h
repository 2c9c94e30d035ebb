#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace apiary {

class Honeynet;

/// The part of `honeynet` that several threads cannot share yet: a sentence for the operator.
/// Nothing if `threads` threads can serve it.
std::optional<std::string> thread_obstacle(const Honeynet& honeynet, std::size_t threads);

}  // namespace apiary
