#pragma once

#include <optional>
#include <string_view>

namespace apiary {

struct SystemVersion {
  int major = 0, minor = 0;
};

/// The first number after `word` in `name`: 2.6 for "Linux 2.6.18 - 2.6.22".
std::optional<SystemVersion> version_behind(std::string_view word, std::string_view name);

/// Whether the version is known to be before `major`.`minor`.
bool is_before(const std::optional<SystemVersion>& version, int major, int minor);

}  // namespace apiary
