#pragma once

#include <string>

#include "store/store_reader.h"

namespace apiary {

/// Options of `apiary events`.
struct EventsOptions {
  std::string store = default_store_path;
  StoreQuery filter{};
  bool follow = false;
  bool json = false;  // as they were told
};

/// The event as one line for a person, by local time: nothing in it can steer a terminal, whoever
/// wrote the store.
std::string event_line(const StoredEvent& event, bool with_color);

/// Prints the events of the store. With `follow`, continues until it is interrupted. Returns the
/// exit status: 1 after it has printed an error.
int run_events(const EventsOptions& options);

}  // namespace apiary
