#include "sink/quarantine.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <nettle/sha2.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

#include "base/counted.h"
#include "base/hexadecimal.h"
#include "posix/without_signals.h"

namespace apiary {
namespace {

constexpr const char* partial_name = ".partial";
constexpr mode_t kept_mode = 0600;
constexpr std::size_t piece_bytes = 65'536;
constexpr unsigned freed_share = 8;  // a full folder frees an eighth at a time

bool is_hash(std::string_view name) {
  return name.size() == std::size_t{2} * SHA256_DIGEST_SIZE &&
         name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool write_piece(int file, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t size = write(file, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(size));
  }
  return true;
}

}  // namespace

tl::expected<std::unique_ptr<Quarantine>, SystemError> Quarantine::open(const std::string& folder,
                                                                        const Limits& limits) {
  FileDescriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened) return tl::unexpected(last_system_error("opening the folder " + folder));
  if (faccessat(opened.get(), ".", W_OK | X_OK, AT_EACCESS) != 0)
    return tl::unexpected(last_system_error("writing to the folder " + folder));
  return std::unique_ptr<Quarantine>(new Quarantine(folder, std::move(opened), limits));
}

Quarantine::Quarantine(std::string path, FileDescriptor folder, const Limits& limits)
    : path_(std::move(path)), folder_(std::move(folder)), limits_(limits) {
  count();
  const WithoutSignals meanwhile;
  thread_ = std::thread([this] { work(); });
}

Quarantine::~Quarantine() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Quarantine::keep(int file, std::uint64_t bytes) {
  if (bytes > std::min(limits_.file_bytes, limits_.folder_bytes)) return lose("it is too large");
  {
    std::unique_lock lock(mutex_);
    const bool has_room =
        waiting_.size() < limits_.waiting_files && waiting_bytes_ + bytes <= limits_.waiting_bytes;
    FileDescriptor copy(has_room ? fcntl(file, F_DUPFD_CLOEXEC, 0) : -1);
    if (!copy) {
      lock.unlock();
      return lose(has_room ? std::strerror(errno) : "too many wait for the disk");
    }
    waiting_.push_back({std::move(copy), bytes});
    waiting_bytes_ += bytes;
  }
  changed_.notify_one();
}

std::string Quarantine::take_trouble() {
  const std::lock_guard lock(mutex_);
  if (lost_ == 0) return "";
  return fmt::format("quarantine {}: {} not kept; the last one: {}", path_,
                     counted(std::exchange(lost_, 0), "file"), why_lost_);
}

void Quarantine::lose(std::string why) {
  const std::lock_guard lock(mutex_);
  ++lost_;
  why_lost_ = std::move(why);
}

void Quarantine::work() {
  while (true) {
    Waiting next;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !waiting_.empty() || is_stopping_; });
      if (waiting_.empty()) return;
      next = std::move(waiting_.front());
      waiting_.pop_front();
    }
    copy(next);
    const std::lock_guard lock(mutex_);
    waiting_bytes_ -= next.bytes;
  }
}

void Quarantine::copy(const Waiting& waiting) {
  unlinkat(folder_.get(), partial_name, 0);  // of a daemon that was killed
  const FileDescriptor partial(openat(folder_.get(), partial_name,
                                      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                                      kept_mode));
  std::string name;
  if (!partial || !copy_to(partial, waiting, name)) {
    lose(std::strerror(errno));
    unlinkat(folder_.get(), partial_name, 0);
    return;
  }
  adopt(name, waiting.bytes);
}

/// False: errno says why.
bool Quarantine::copy_to(const FileDescriptor& partial, const Waiting& waiting, std::string& name) {
  sha256_ctx context;
  sha256_init(&context);
  std::vector<std::uint8_t> piece(piece_bytes);
  for (std::uint64_t at = 0; at < waiting.bytes;) {
    const ssize_t size =
        pread(waiting.file.get(), piece.data(),
              std::min<std::uint64_t>(piece.size(), waiting.bytes - at), static_cast<off_t>(at));
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return false;
    if (size == 0) break;  // it has become shorter
    const auto read = std::span(piece).first(static_cast<std::size_t>(size));
    sha256_update(&context, read.size(), read.data());
    if (!write_piece(partial.get(), read)) return false;
    at += read.size();
  }
  std::array<std::uint8_t, SHA256_DIGEST_SIZE> hash{};
  sha256_digest(&context, hash.size(), hash.data());
  name = hexadecimal(hash);
  return true;
}

void Quarantine::adopt(const std::string& name, std::uint64_t bytes) {
  if (faccessat(folder_.get(), name.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
    utimensat(folder_.get(), name.c_str(), nullptr, AT_SYMLINK_NOFOLLOW);  // it is the newest again
    unlinkat(folder_.get(), partial_name, 0);
    return;
  }
  make_room(bytes);
  if (renameat(folder_.get(), partial_name, folder_.get(), name.c_str()) != 0)
    return lose(std::strerror(errno));
  folder_bytes_ += bytes;
  ++folder_files_;
}

std::vector<Quarantine::KeptFile> Quarantine::kept() const {
  std::vector<KeptFile> all;
  const int number = openat(folder_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(number < 0 ? nullptr : fdopendir(number),
                                                    closedir);
  while (const dirent* const entry = entries ? readdir(entries.get()) : nullptr) {
    struct stat found {};
    if (!is_hash(entry->d_name) ||
        fstatat(folder_.get(), entry->d_name, &found, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(found.st_mode))
      continue;
    all.push_back({entry->d_name, static_cast<std::uint64_t>(found.st_size),
                   found.st_mtim.tv_sec * 1'000'000'000 + found.st_mtim.tv_nsec});
  }
  return all;
}

void Quarantine::count() {
  folder_bytes_ = 0;
  const std::vector<KeptFile> all = kept();
  for (const KeptFile& one : all) folder_bytes_ += one.bytes;
  folder_files_ = all.size();
}

/// Removes the oldest contents until `bytes` more fit, and some more, so that a full folder is
/// not read for each file.
void Quarantine::make_room(std::uint64_t bytes) {
  if (folder_bytes_ + bytes <= limits_.folder_bytes && folder_files_ < limits_.folder_files) return;
  count();  // the operator may have removed some
  const std::uint64_t wanted_bytes =
      limits_.folder_bytes - std::max(bytes, limits_.folder_bytes / freed_share);
  const std::size_t wanted_files = limits_.folder_files - limits_.folder_files / freed_share - 1;
  std::vector<KeptFile> all = kept();
  std::ranges::sort(all, {}, &KeptFile::changed);
  for (const KeptFile& oldest : all) {
    if (folder_bytes_ <= wanted_bytes && folder_files_ <= wanted_files) return;
    if (unlinkat(folder_.get(), oldest.name.c_str(), 0) != 0) continue;
    folder_bytes_ -= oldest.bytes;
    --folder_files_;
  }
}

}  // namespace apiary
