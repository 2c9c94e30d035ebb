#pragma once

#include <string>

#include "store/store_reader.h"

namespace apiary {

/// Options of `apiary events`.
struct EventsOptions {
  std::string store = default_store_path;
  StoreQuery filter{};
  bool follow = false;
  bool json = false;   // prints the stored JSON objects
  bool files = false;  // prints what is known of the files that programs left
};

/// The event as one line for people, in local time. It contains no terminal escapes, whatever the
/// store holds.
std::string event_line(const StoredEvent& event, bool with_color);

/// A `file` event as one line: time, visitor, host, bytes, SHA-256 (or "-") and path.
std::string file_line(const StoredEvent& event);

/// Prints the events of the store. With `follow`, continues until it is interrupted. Returns the
/// exit status: 1 after it has printed an error.
int run_events(const EventsOptions& options);

}  // namespace apiary
