#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace apiary {

/// Why a word is not a valid value.
struct ValueError {
  std::string message;
  std::string hint{};
};

inline tl::unexpected<ValueError> invalid(std::string message, std::string hint = {}) {
  return tl::unexpected(ValueError{std::move(message), std::move(hint)});
}

}  // namespace apiary
