#pragma once

#include <cstdint>
#include <string_view>
#include <tl/expected.hpp>

#include "base/time.h"
#include "base/units.h"
#include "config/statement.h"
#include "config/value_error.h"

namespace apiary {

/// "0.5": a percentage of `noun`.
tl::expected<Probability, ValueError> read_percentage(std::string_view text, std::string_view noun);

/// "55ms", "0.5ms": a time of at most a minute; `noun` names it in messages.
tl::expected<Duration, ValueError> read_milliseconds(std::string_view text, std::string_view noun);

/// "35": a whole number from `least` to `most`; `what` names it in messages.
tl::expected<std::uint32_t, ValueError> read_number(std::string_view text, std::string_view what,
                                                    std::uint32_t least, std::uint32_t most);

/// "128M" in bytes, from `least` to `most`; `what` names it in messages.
tl::expected<std::uint64_t, ValueError> read_size(std::string_view text, std::string_view what,
                                                  std::uint64_t least, std::uint64_t most);

/// "10Mbps", "3.4Kbps", "9600": bits per second, at least one and at most 1000Gbps.
tl::expected<std::uint64_t, ValueError> read_bandwidth(std::string_view text);

/// "5ms-9ms": the queueing delays at which a link starts to drop, and at which it drops all.
tl::expected<EarlyDrop, ValueError> read_drop(std::string_view text);

}  // namespace apiary
