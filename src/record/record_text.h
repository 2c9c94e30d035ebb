#pragma once

#include <string>

#include "record/record.h"

namespace apiary {

/// "echo request", "timestamp request" or "type 42".
std::string icmp_type_name(std::uint8_t type);

/// The record as one line to be read aloud, without time; printable ASCII but for what a
/// configuration names otherwise.
std::string record_text(const Record& record);
void append_record_text(std::string& text, const Record& record);

}  // namespace apiary
