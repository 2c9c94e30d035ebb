// How a RotatingFile begins a new file, and removes the oldest ones.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "base/ascii.h"
#include "posix/folder.h"
#include "sink/rotating_file.h"

namespace apiary {
namespace {

namespace fs = std::filesystem;

constexpr Duration taken_for_rotated = seconds{10};  // between logrotate's move and its signal

std::string stamp(Instant at) {
  const auto since_epoch = std::chrono::duration_cast<seconds>(at.time_since_epoch());
  return fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(std::time_t{since_epoch.count()}));
}

/// Whether `name` is FILE.TIME or FILE.TIME-N.
bool is_old_name(std::string_view name, std::string_view file) {
  if (!name.starts_with(file) || name.size() < file.size() + 17 || name[file.size()] != '.')
    return false;
  name.remove_prefix(file.size() + 1);
  const auto digits = [&](std::size_t from, std::size_t count) {
    return std::ranges::all_of(name.substr(from, count), is_digit);
  };
  return digits(0, 8) && name[8] == 'T' && digits(9, 6) && name[15] == 'Z';
}

}  // namespace

std::string RotatingFile::name_for_old(Instant now) const {
  std::string name = path_ + "." + stamp(now);
  std::error_code ignored;
  for (int i = 1; fs::exists(name, ignored); ++i)
    name = fmt::format("{}.{}-{:06}", path_, stamp(now), i);
  return name;
}

tl::expected<std::string, SystemError> RotatingFile::rotate(Instant now) {
  const Instant replaced = std::exchange(replaced_, {});
  if (now - replaced < taken_for_rotated && !is_other_file(path_, now_.id))
    return "another program moved the file a moment ago, and a new one has begun then";
  return begin_new_file(now).map([] { return std::string(); });
}

tl::expected<void, SystemError> RotatingFile::begin_new_file(Instant now) {
  if (!now_.is_regular) return {};
  if (is_other_file(path_, now_.id)) {
    follow_path(now);
    if (path_trouble_) return tl::unexpected(*path_trouble_);
    notice_.clear();  // another program rotates the files
  } else {
    cut_half_piece();
    if (half_bytes_ > 0)
      return tl::unexpected(
          SystemError{"the incomplete last line of " + path_ + " cannot be removed"});
    auto opened = replace_file(now);
    if (!opened) return tl::unexpected(opened.error());
    adopt(std::move(*opened), now);
  }
  keep_budget();
  return {};
}

void RotatingFile::keep_budget() const {
  if (rotation_.budget_bytes == 0) return;
  const fs::path path(path_);
  std::vector<std::pair<std::string, std::uint64_t>> old;
  std::error_code error;
  // Leaves room for the newest file, which may grow to its full size.
  std::uint64_t total = std::max(now_.size_bytes, rotation_.size_bytes);
  for (const auto& entry : fs::directory_iterator(folder_of(path_), error)) {
    if (!is_old_name(entry.path().filename().string(), path.filename().string())) continue;
    old.emplace_back(entry.path().string(), entry.file_size(error));
    total += old.back().second;
  }
  std::ranges::sort(old);
  for (const auto& [name, size] : old) {
    if (total <= rotation_.budget_bytes) return;
    if (fs::remove(name, error)) total -= size;
  }
}

}  // namespace apiary
