#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace apiary {

/// `value` as indented JSON. Bytes that are not UTF-8, from file names or visitors, become U+FFFD.
inline std::string json_text(const nlohmann::ordered_json& value) {
  return value.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace apiary
