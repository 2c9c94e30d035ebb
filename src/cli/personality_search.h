#pragma once

#include <string>

#include "setup/load.h"

namespace apiary {

/// Options of `apiary personality`.
struct PersonalityOptions {
  std::string personalities = default_personalities_file;
  std::string name;  // for search and show
};

/// Each prints to standard output and returns the exit status. They need no privilege.

/// Every name as `set TEMPLATE personality` takes it, with a number where several entries share it.
int list_personalities(const PersonalityOptions& options);
/// The names that contain all words of `options.name`, in any case: whole words first, then the
/// newest. If there are none, the nearest names.
int search_personalities(const PersonalityOptions& options);
/// Prints a host's reply to each of Nmap's probes, in the notation of packet scripts.
int show_personality(const PersonalityOptions& options);

}  // namespace apiary
