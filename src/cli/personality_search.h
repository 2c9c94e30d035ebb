#pragma once

#include <string>

#include "setup/load.h"

namespace apiary {

/// Options of `apiary personality`.
struct PersonalityOptions {
  std::string personalities = default_personalities_file;
  std::string name;  // of search and show
};

/// Each prints to standard output and returns the exit status. They need no privilege.

/// Every name, with its number where several have it: as `set TEMPLATE personality` takes it.
int list_personalities(const PersonalityOptions& options);
/// The names that have all words of `options.name` in them, whatever their case: those that have
/// them as whole words first, of them the newest; else the nearest.
int search_personalities(const PersonalityOptions& options);
/// Prints a host's reply to each of Nmap's probes, in the notation of packet scripts.
int show_personality(const PersonalityOptions& options);

}  // namespace apiary
