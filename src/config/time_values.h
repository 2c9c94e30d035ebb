#pragma once

#include <string_view>
#include <tl/expected.hpp>

#include "config/statement.h"
#include "config/value_error.h"

namespace apiary {

/// "12:00am-5:00pm", "08:00:00-17:30:00": a span of the day.
tl::expected<AtTime, ValueError> read_day_part(std::string_view text);

}  // namespace apiary
