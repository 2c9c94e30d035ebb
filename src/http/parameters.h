#pragma once

#include <cstddef>
#include <string>
#include <tl/expected.hpp>

#include "event/event_filter.h"
#include "http/http.h"

namespace apiary {

bool is_number(const std::string& text);
/// A parameter as a number, `otherwise` when it is none, and `most` when it is more.
std::size_t number_of(const HttpRequest& request, const std::string& name, std::size_t otherwise,
                      std::size_t most);

/// The events that the parameters kind, source, host, port and text ask for. Error: a sentence.
tl::expected<EventFilter, std::string> filter_of(const HttpRequest& request);

}  // namespace apiary
