#pragma once

#include <cstddef>
#include <string>
#include <tl/expected.hpp>

#include "event/event_filter.h"
#include "http/http.h"

namespace apiary {

bool is_number(const std::string& text);
/// A parameter as a number; `otherwise` if it is not one, and at most `most`.
std::size_t number_of(const HttpRequest& request, const std::string& name, std::size_t otherwise,
                      std::size_t most);

/// The filter of the parameters kind, source, host, port and text. Error: a sentence.
tl::expected<EventFilter, std::string> filter_of(const HttpRequest& request);

}  // namespace apiary
