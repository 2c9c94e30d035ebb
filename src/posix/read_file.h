#pragma once

#include <cstddef>
#include <string>
#include <tl/expected.hpp>

namespace apiary {

/// The largest file that is read: many times the size of any expected file, and small enough to
/// hold in memory.
inline constexpr std::size_t max_file_bytes = std::size_t{64} << 20;

/// The text of a regular file of at most max_file_bytes, or a sentence with the reason. Never
/// blocks on a pipe, a device or an endless file.
tl::expected<std::string, std::string> read_file(const std::string& path);

/// The same for a file named on the command line, which may also be a pipe or a terminal (`-f
/// /dev/stdin`): waits for its end.
tl::expected<std::string, std::string> read_input(const std::string& path);

}  // namespace apiary
