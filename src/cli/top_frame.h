#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

namespace apiary {

/// The size of the terminal, in characters.
struct TerminalSize {
  std::size_t columns = 80, rows = 24;
};

/// A daemon's reports at two times: `apiary ctl --json status` and `activity`.
struct TopView {
  const nlohmann::json& status;
  const nlohmann::json& activity;
  const nlohmann::json* status_before = nullptr;  // null: none, so no rates are shown
};

/// A frame of `apiary top`: lines with line ends, cut to `size`.
std::string top_frame(const TopView& view, const TerminalSize& size, bool with_color);

}  // namespace apiary
