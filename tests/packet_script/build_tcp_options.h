#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "flow.h"
#include "packet_pattern.h"

namespace apiary::script {

/// The bytes of options to inject, padded to whole words with end-of-options marks. "TS ecr *" is
/// the last timestamp that we sent. Error: a value is missing, or the options are too long.
tl::expected<std::vector<std::uint8_t>, std::string> build_tcp_options(
    const std::vector<TcpOptionPattern>& options, const Flow* flow);

}  // namespace apiary::script
