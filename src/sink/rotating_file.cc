#include "sink/rotating_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "posix/folder.h"

namespace apiary {
namespace {

constexpr mode_t file_mode = 0640;
constexpr Duration look_period = seconds{1};
constexpr Duration rotation_retry = seconds{10};

/// Writes to `file` until all is written or the system refuses. Returns the number of bytes.
std::size_t write_all(const FileDescriptor& file, std::string_view text) {
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t size = ::write(file.get(), text.data() + written, text.size() - written);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) break;
    written += static_cast<std::size_t>(size);
  }
  return written;
}

SystemError last_write_error(const std::string& path) {
  if (errno == EAGAIN) return {"writing " + path + ": no reader, and it is full"};
  return last_system_error("writing " + path);
}

}  // namespace

tl::expected<RotatingFile, SystemError> RotatingFile::open(std::string path,
                                                           const Rotation& rotation, Instant now,
                                                           bool is_text, std::string head) {
  RotatingFile file(std::move(path), rotation, is_text, std::move(head));
  auto opened = file.open_with_head(now);
  if (!opened) return tl::unexpected(opened.error());
  file.adopt(std::move(*opened), now);
  return file;
}

/// A pipe whose reader sleeps must not block the sink: O_NONBLOCK, which files on a disk ignore.
tl::expected<RotatingFile::Opened, SystemError> RotatingFile::open_file() const {
  constexpr int flags = O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK;
  Opened opened{.file = FileDescriptor(::open(path_.c_str(), flags, file_mode))};
  struct stat status {};
  if (!opened.file || fstat(opened.file.get(), &status) != 0)
    return tl::unexpected(last_system_error("opening " + path_));
  opened.id = {status.st_dev, status.st_ino};
  opened.is_regular = S_ISREG(status.st_mode);
  if (opened.is_regular) opened.size_bytes = static_cast<std::uint64_t>(status.st_size);
  if (is_text_ && opened.size_bytes > 0)
    if (auto cut = cut_torn_line(opened); !cut) return tl::unexpected(cut.error());
  return opened;
}

bool RotatingFile::has_only_head(const Opened& opened) const {
  if (opened.size_bytes != head_.size()) return false;
  std::string text(head_.size(), '\0');
  const ssize_t size = pread(opened.file.get(), text.data(), text.size(), 0);
  return size == static_cast<ssize_t>(head_.size()) && text == head_;
}

tl::expected<RotatingFile::Opened, SystemError> RotatingFile::open_with_head(Instant now) const {
  auto opened = open_file();
  if (!opened || head_.empty()) return opened;
  if (has_only_head(*opened)) return opened;
  // It may have another head, or a torn piece of the last daemon.
  if (opened->size_bytes > 0) return replace_file(now);
  if (write_all(opened->file, head_) < head_.size()) {
    const SystemError error = last_write_error(path_);
    if (opened->is_regular) (void)!ftruncate(opened->file.get(), 0);
    return tl::unexpected(error);
  }
  if (opened->is_regular) opened->size_bytes = head_.size();
  return opened;
}

tl::expected<RotatingFile::Opened, SystemError> RotatingFile::open_with_folder(Instant now) const {
  auto opened = open_with_head(now);
  if (opened || opened.error().number != ENOENT) return opened;
  if (const auto made = make_folder(folder_of(path_)); !made) return tl::unexpected(made.error());
  return open_with_head(now);
}

/// Renames FILE and starts a new one. If it fails, FILE is unchanged.
tl::expected<RotatingFile::Opened, SystemError> RotatingFile::replace_file(Instant now) const {
  const std::string old = name_for_old(now);
  if (rename(path_.c_str(), old.c_str()) != 0)
    return tl::unexpected(last_system_error("renaming " + path_));
  auto opened = open_with_head(now);
  if (!opened) rename(old.c_str(), path_.c_str());
  return opened;
}

tl::expected<void, SystemError> RotatingFile::cut_torn_line(Opened& opened) const {
  std::uint64_t end = opened.size_bytes;
  char block[4096];
  while (end > 0) {
    const std::uint64_t from = end > sizeof block ? end - sizeof block : 0;
    const ssize_t size = pread(opened.file.get(), block, end - from, static_cast<off_t>(from));
    if (size <= 0) break;  // not a file that can be read back
    const std::string_view text(block, static_cast<std::size_t>(size));
    const std::size_t last = text.rfind('\n');
    end = last == std::string_view::npos ? from : from + last + 1;
    if (last != std::string_view::npos) break;
  }
  if (end == opened.size_bytes) return {};
  if (ftruncate(opened.file.get(), static_cast<off_t>(end)) != 0)
    return tl::unexpected(last_system_error("removing the incomplete last line of " + path_));
  opened.size_bytes = end;
  return {};
}

void RotatingFile::adopt(Opened opened, Instant now) {
  now_ = std::move(opened);
  half_bytes_ = 0;
  began_ = now;
  next_check_ = now + look_period;
  rotation_trouble_.reset();
  path_trouble_.reset();
  is_removed_ = false;
}

/// Starts a new file if FILE is no longer the open one. While it cannot, it writes a moved file at
/// its new path.
void RotatingFile::follow_path(Instant now) {
  next_check_ = now + look_period;
  struct stat status {};
  if (now_.is_regular && fstat(now_.file.get(), &status) == 0) {
    const auto size_bytes = static_cast<std::uint64_t>(status.st_size);
    const bool has_shrunk = size_bytes < now_.size_bytes;
    if (has_shrunk) half_bytes_ = 0;
    now_.size_bytes = size_bytes;
    if (has_shrunk && !head_.empty()) return on_truncated(now);
  }
  is_removed_ = now_.is_regular && status.st_nlink == 0;
  if (!is_removed_ && !is_other_file(path_, now_.id)) return path_trouble_.reset();
  const std::string what = is_removed_ ? "the file was removed" : "the file was moved away";
  auto opened = open_with_folder(now);
  if (!opened) {
    path_trouble_ = {what +
                         (is_removed_ ? ", events wait: " : ", and is written at its new path: ") +
                         opened.error().what,
                     opened.error().number};
    return;
  }
  cut_half_piece();
  adopt(std::move(*opened), now);
  replaced_ = now;
  notice_ = what + "; starting a new one";
}

/// Another program has truncated the file: a file with a head cannot be continued then. An empty
/// one, as after logrotate's copytruncate, starts again in place.
void RotatingFile::on_truncated(Instant now) {
  notice_ = "the file was emptied; it begins again";
  if (now_.size_bytes == 0) return;
  notice_ = "the file was cut off; starting a new one";
  try_to_rotate(now);
}

RotatingFile::Appended RotatingFile::append(std::string_view piece, Instant now,
                                            std::string_view first_line) {
  follow_path(now);
  if (is_removed_) return {0, path_trouble_};
  const bool is_full = rotation_.size_bytes > 0 && now_.size_bytes > head_.size() &&
                       now_.size_bytes + piece.size() > rotation_.size_bytes;
  if (is_full) try_to_rotate(now);
  for (const std::string_view beginning : {std::string_view(head_), first_line})
    if (now_.is_regular && now_.size_bytes == 0 && !beginning.empty())
      if (auto trouble = write(beginning).trouble) return {0, trouble};
  return write(piece);
}

RotatingFile::Appended RotatingFile::write(std::string_view piece) {
  const std::size_t before = std::min(half_bytes_, piece.size());
  const std::size_t bytes = before + write_all(now_.file, piece.substr(before));
  if (now_.is_regular) now_.size_bytes += bytes - before;
  if (bytes == piece.size()) {
    half_bytes_ = 0;
    return {bytes, {}};
  }
  const SystemError error = last_write_error(path_);
  const std::size_t lines = piece.substr(0, bytes).rfind('\n') + 1;  // npos + 1 is 0
  const std::size_t whole = is_text_ ? lines : 0;
  half_bytes_ = bytes - whole;
  cut_half_piece();
  return {whole, error};
}

/// Removes half a piece. If that is impossible, as in a pipe, the next write completes it.
void RotatingFile::cut_half_piece() {
  if (half_bytes_ == 0 || !now_.is_regular) return;
  const std::uint64_t end = now_.size_bytes - half_bytes_;
  if (ftruncate(now_.file.get(), static_cast<off_t>(end)) != 0) return;
  now_.size_bytes = end;
  half_bytes_ = 0;
}

void RotatingFile::try_to_rotate(Instant now) {
  if (now < next_try_) return;
  next_try_ = Instant{};
  const auto rotated = begin_new_file(now);
  if (rotated) return;
  rotation_trouble_ = rotated.error();
  next_try_ = now + rotation_retry;
}

Upkeep RotatingFile::on_time(Instant now) {
  const bool is_clock_back = next_check_ > now + look_period;
  if (now >= next_check_ || is_clock_back) follow_path(now);
  const bool is_old = rotation_.period > Duration{} && now - began_ >= rotation_.period;
  if (is_old && now_.size_bytes <= head_.size())
    began_ = now;  // an empty file is new enough
  else if (is_old || rotation_trouble_)
    try_to_rotate(now);
  return {std::exchange(notice_, {}), path_trouble_ ? path_trouble_ : rotation_trouble_};
}

}  // namespace apiary
