#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"

namespace apiary {

/// RFC 4648 section 4, padded.
void append_base64(std::string& text, Bytes bytes);
/// Returns nothing if `text` is not valid.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace apiary
