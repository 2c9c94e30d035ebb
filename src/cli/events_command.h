#pragma once

#include <string>

#include "store/store_reader.h"

namespace apiary {

/// Options of `apiary events`.
struct EventsOptions {
  std::string store = default_store_path;
  StoreQuery filter{};
  bool follow = false;
  bool json = false;  // prints the stored JSON objects
};

/// The event as one line for people, in local time. It contains no terminal escapes, whatever the
/// store holds.
std::string event_line(const StoredEvent& event, bool with_color);

/// Prints the events of the store. With `follow`, continues until it is interrupted. Returns the
/// exit status: 1 after it has printed an error.
int run_events(const EventsOptions& options);

}  // namespace apiary
