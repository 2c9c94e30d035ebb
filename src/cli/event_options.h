#pragma once

#include <CLI/App.hpp>

#include "daemon/event_sinks.h"

namespace apiary {

/// Adds the options of `apiary run` for sinks.
void add_event_options(CLI::App& run, EventOptions& events);

/// Throws CLI::ValidationError if options about files are given without a file.
void check_event_options(const CLI::App& run, const EventOptions& events);

}  // namespace apiary
