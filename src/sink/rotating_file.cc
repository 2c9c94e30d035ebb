#include "sink/rotating_file.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <vector>

namespace apiary {
namespace {

namespace fs = std::filesystem;

constexpr mode_t file_mode = 0640;

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
    return std::ranges::all_of(name.substr(from, count),
                               [](char c) { return c >= '0' && c <= '9'; });
  };
  return digits(0, 8) && name[8] == 'T' && digits(9, 6) && name[15] == 'Z';
}

}  // namespace

tl::expected<RotatingFile, SystemError> RotatingFile::open(std::string path,
                                                           const Rotation& rotation, Instant now,
                                                           bool is_text, std::string head) {
  RotatingFile file(std::move(path), rotation, is_text, std::move(head));
  if (auto opened = file.open_anew(now); !opened) return tl::unexpected(opened.error());
  return file;
}

tl::expected<void, SystemError> RotatingFile::open_anew(Instant now) {
  FileDescriptor file(::open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, file_mode));
  if (!file) return tl::unexpected(last_system_error("opening " + path_));
  struct stat status {};
  if (fstat(file.get(), &status) != 0)
    return tl::unexpected(last_system_error("looking at " + path_));
  file_ = std::move(file);
  size_bytes_ = static_cast<std::uint64_t>(status.st_size);
  began_ = now;
  if (is_text_ && size_bytes_ > 0)
    if (auto cut = cut_torn_line(); !cut) return cut;
  return size_bytes_ == 0 && !head_.empty() ? write(head_) : tl::expected<void, SystemError>{};
}

tl::expected<void, SystemError> RotatingFile::cut_torn_line() {
  std::uint64_t end = size_bytes_;
  char block[4096];
  while (end > 0) {
    const std::uint64_t from = end > sizeof block ? end - sizeof block : 0;
    const ssize_t size = pread(file_.get(), block, end - from, static_cast<off_t>(from));
    if (size <= 0) break;  // not a file that can be read back
    const std::string_view text(block, static_cast<std::size_t>(size));
    const std::size_t last = text.rfind('\n');
    end = last == std::string_view::npos ? from : from + last + 1;
    if (last != std::string_view::npos) break;
  }
  if (end == size_bytes_) return {};
  if (ftruncate(file_.get(), static_cast<off_t>(end)) != 0)
    return tl::unexpected(last_system_error("cutting the torn last line of " + path_));
  size_bytes_ = end;
  return {};
}

tl::expected<void, SystemError> RotatingFile::write(std::string_view piece) {
  std::string_view left = piece;
  while (!left.empty()) {
    const ssize_t size = ::write(file_.get(), left.data(), left.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) {
      const SystemError error = last_system_error("writing " + path_);
      // Half a piece would be no use to anybody.
      if (left.size() < piece.size() &&
          ftruncate(file_.get(), static_cast<off_t>(size_bytes_)) != 0)
        size_bytes_ += piece.size() - left.size();
      return tl::unexpected(error);
    }
    left.remove_prefix(static_cast<std::size_t>(size));
  }
  size_bytes_ += piece.size();
  return {};
}

tl::expected<void, SystemError> RotatingFile::append(std::string_view piece, Instant now) {
  const bool is_full = rotation_.size_bytes > 0 && size_bytes_ > head_.size() &&
                       size_bytes_ + piece.size() > rotation_.size_bytes;
  if (is_full) try_to_rotate(now);
  return write(piece);
}

void RotatingFile::try_to_rotate(Instant now) {
  if (now < next_try_) return;
  next_try_ = Instant{};
  const auto rotated = rotate(now);
  if (rotated) return;
  rotation_trouble_ = rotated.error();
  next_try_ = now + minutes{1};
}

tl::expected<void, SystemError> RotatingFile::on_time(Instant now) {
  const bool is_old = rotation_.period > Duration{} && now - began_ >= rotation_.period;
  if (is_old && size_bytes_ <= head_.size())
    began_ = now;  // an empty file is new enough
  else if (is_old)
    try_to_rotate(now);
  if (!rotation_trouble_) return {};
  return tl::unexpected(*std::exchange(rotation_trouble_, std::nullopt));
}

/// Whether FILE is still the one that we write: another program may have moved it away.
bool RotatingFile::is_ours() const {
  struct stat named {
  }, open{};
  return stat(path_.c_str(), &named) == 0 && fstat(file_.get(), &open) == 0 &&
         named.st_ino == open.st_ino && named.st_dev == open.st_dev;
}

std::string RotatingFile::name_for_old(Instant now) const {
  std::string name = path_ + "." + stamp(now);
  std::error_code ignored;
  for (int i = 1; fs::exists(name, ignored); ++i)
    name = fmt::format("{}.{}-{:06}", path_, stamp(now), i);
  return name;
}

tl::expected<void, SystemError> RotatingFile::rotate(Instant now) {
  if (is_ours()) {
    const std::string name = name_for_old(now);
    if (rename(path_.c_str(), name.c_str()) != 0)
      return tl::unexpected(last_system_error("renaming " + path_));
  }
  const auto opened = open_anew(now);
  keep_budget();
  return opened;
}

void RotatingFile::keep_budget() const {
  if (rotation_.budget_bytes == 0) return;
  const fs::path path(path_);
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  std::vector<std::pair<std::string, std::uint64_t>> old;
  std::error_code error;
  // Room for what is to come is left: the newest file may grow to its full size.
  std::uint64_t total = std::max(size_bytes_, rotation_.size_bytes);
  for (const auto& entry : fs::directory_iterator(folder, error)) {
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
