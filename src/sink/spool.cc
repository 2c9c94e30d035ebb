#include "sink/spool.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>

namespace apiary {
namespace {

using SpoolDone = tl::expected<void, SystemError>;

constexpr std::string_view spool_magic = "apspool1";
constexpr std::uint64_t spool_head_bytes = 16;  // the magic, and the offset of the first record
constexpr std::uint64_t record_head_bytes = 8;  // length, CRC-32
constexpr std::uint32_t max_record_bytes = 1 << 20;
constexpr std::uint64_t page_bytes = 4096;  // the unit of holes

template <class Number>
void append_little_endian(std::string& text, Number number) {
  for (std::size_t i = 0; i < sizeof number; ++i) text += static_cast<char>(number >> (8 * i));
}

template <class Number>
Number little_endian_at(std::string_view text, std::size_t offset) {
  Number number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i)
    number |= static_cast<Number>(static_cast<Number>(static_cast<unsigned char>(text[offset + i]))
                                  << (8 * i));
  return number;
}

std::uint32_t crc_of(std::string_view text, uLong before = 0) {
  return static_cast<std::uint32_t>(
      crc32(before, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size())));
}

/// Covers the length too: a hole, which reads as zeros, is not a row of empty records.
std::uint32_t checksum_of(std::string_view record) {
  std::string length;
  append_little_endian(length, static_cast<std::uint32_t>(record.size()));
  return crc_of(record, crc_of(length));
}

/// Reads up to `size` bytes; fewer at the end of the file.
bool read_at(int file, std::uint64_t offset, std::size_t size, std::string& text) {
  text.resize(size);
  std::size_t got = 0;
  while (got < size) {
    const ssize_t more =
        pread(file, text.data() + got, size - got, static_cast<off_t>(offset + got));
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) return false;
    if (more == 0) break;
    got += static_cast<std::size_t>(more);
  }
  text.resize(got);
  return true;
}

bool write_at(int file, std::uint64_t offset, std::string_view text) {
  while (!text.empty()) {
    const ssize_t size = pwrite(file, text.data(), text.size(), static_cast<off_t>(offset));
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return false;
    offset += static_cast<std::uint64_t>(size);
    text.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

/// Why this open file must not be a spool; empty: it may. The messages have data of visitors.
std::string objection_to(const FileDescriptor& file, const std::string& path) {
  struct stat status {};
  if (fstat(file.get(), &status) != 0) return "cannot examine the spool " + path;
  if (!S_ISREG(status.st_mode)) return fmt::format("the spool {} is not a regular file", path);
  if (status.st_uid != geteuid())
    return fmt::format("the spool {} belongs to another user: remove it, or change its owner",
                       path);
  if ((status.st_mode & 077) != 0 && fchmod(file.get(), 0600) != 0)
    return fmt::format("other users may read the spool {}: set its mode to 0600", path);
  if (flock(file.get(), LOCK_EX | LOCK_NB) != 0)
    return fmt::format("another sink or daemon uses the spool {}: name another file", path);
  return "";
}

}  // namespace

tl::expected<Spool, SystemError> Spool::open(SpoolSpec spec) {
  FileDescriptor file(
      ::open(spec.path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
  if (!file) return tl::unexpected(last_system_error("opening the spool " + spec.path));
  if (std::string objection = objection_to(file, spec.path); !objection.empty())
    return tl::unexpected(SystemError{std::move(objection)});
  Spool spool(std::move(spec), std::move(file));
  if (auto done = spool.load(); !done) return tl::unexpected(done.error());
  return spool;
}

/// Finds the records, and removes what is after the last undamaged one.
SpoolDone Spool::load() {
  if (!read_at(file_.get(), 0, spool_head_bytes, buffer_)) return tl::unexpected(error("reading"));
  if (!spool_magic.starts_with(std::string_view(buffer_).substr(0, spool_magic.size())))
    return tl::unexpected(
        SystemError{fmt::format("{} is not a spool: remove it, or name another file", path())});
  if (buffer_.size() < spool_head_bytes) return clear();  // new, or its creator was killed
  begin_ = end_ = little_endian_at<std::uint64_t>(buffer_, spool_magic.size());
  if (begin_ >= spool_head_bytes)
    if (auto done = find_records(); !done) return done;
  struct stat status {};
  if (fstat(file_.get(), &status) != 0) return tl::unexpected(error("reading"));
  const auto file_bytes = static_cast<std::uint64_t>(status.st_size);
  cut_bytes_ = file_bytes > end_ ? file_bytes - end_ : 0;
  if (empty()) return clear();
  if (ftruncate(file_.get(), static_cast<off_t>(end_)) != 0)
    return tl::unexpected(error("removing a damaged record of"));
  release_space();
  return {};
}

/// Moves end_ from begin_ to the end of the last undamaged record.
SpoolDone Spool::find_records() {
  while (true) {
    if (!read_at(file_.get(), end_, record_head_bytes, buffer_))
      return tl::unexpected(error("reading"));
    if (buffer_.size() < record_head_bytes) return {};
    const auto size = little_endian_at<std::uint32_t>(buffer_, 0);
    const auto checksum = little_endian_at<std::uint32_t>(buffer_, 4);
    if (size > max_record_bytes) return {};
    if (!read_at(file_.get(), end_ + record_head_bytes, size, buffer_))
      return tl::unexpected(error("reading"));
    if (buffer_.size() < size || checksum_of(buffer_) != checksum) return {};
    end_ += record_head_bytes + size;
    ++count_;
  }
}

SpoolDone Spool::append(std::string_view record) {
  if (record.size() > max_record_bytes)
    return tl::unexpected(
        SystemError{fmt::format("a message of {} bytes is too long for a spool", record.size())});
  buffer_.clear();
  append_little_endian(buffer_, static_cast<std::uint32_t>(record.size()));
  append_little_endian(buffer_, checksum_of(record));
  buffer_ += record;
  if (end_ - released_ + buffer_.size() > spec_.max_bytes)
    return tl::unexpected(
        SystemError{fmt::format("the spool {} is full ({} bytes)", path(), spec_.max_bytes)});
  // Half a record may stay: the next one overwrites it, or the next daemon removes it.
  if (!write_at(file_.get(), end_, buffer_)) return tl::unexpected(error("writing"));
  end_ += buffer_.size();
  ++count_;
  is_dirty_ = true;
  return {};
}

SpoolDone Spool::read_front(std::string& record) const {
  if (!read_at(file_.get(), begin_, record_head_bytes, record))
    return tl::unexpected(error("reading"));
  const bool has_head = record.size() == record_head_bytes;
  const auto size = has_head ? little_endian_at<std::uint32_t>(record, 0) : 0;
  const auto checksum = has_head ? little_endian_at<std::uint32_t>(record, 4) : 0;
  if (has_head && size <= max_record_bytes) {
    if (!read_at(file_.get(), begin_ + record_head_bytes, size, record))
      return tl::unexpected(error("reading"));
    if (record.size() == size && checksum_of(record) == checksum) return {};
  }
  return tl::unexpected(SystemError{fmt::format(
      "another program has changed the spool {}: restart the daemon, which removes what is damaged",
      path())});
}

SpoolDone Spool::pop_front(std::string_view record) {
  const std::uint64_t next = begin_ + record_head_bytes + record.size();
  if (next == end_) return clear();
  begin_ = next;
  --count_;
  if (auto done = write_head(next); !done) return done;
  if (begin_ - released_ > std::max(spec_.max_bytes / 16, 2 * page_bytes)) release_space();
  return {};
}

SpoolDone Spool::sync() {
  if (!is_dirty_) return {};
  if (fdatasync(file_.get()) != 0) return tl::unexpected(error("syncing"));
  is_dirty_ = false;
  return {};
}

/// A daemon that dies between the two calls leaves a head that points behind the file's end:
/// load() finds no record there.
SpoolDone Spool::clear() {
  begin_ = end_ = spool_head_bytes;
  count_ = released_ = 0;
  if (ftruncate(file_.get(), spool_head_bytes) != 0) return tl::unexpected(error("emptying"));
  return write_head(spool_head_bytes);
}

SpoolDone Spool::write_head(std::uint64_t begin) {
  std::string head(spool_magic);
  append_little_endian(head, begin);
  is_dirty_ = true;
  if (!write_at(file_.get(), 0, head)) return tl::unexpected(error("writing"));
  return {};
}

/// Gives the pages of removed records back to the file system. A file system that cannot do that
/// keeps them until the spool is empty, and they count for the limit.
void Spool::release_space() {
  const std::uint64_t to = begin_ / page_bytes * page_bytes;
  const std::uint64_t from = std::max(released_, page_bytes);
  if (to <= from || !sync()) return;  // the head must be on the disk before the hole is
  if (fallocate(file_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(from),
                static_cast<off_t>(to - from)) == 0)
    released_ = to;
}

SystemError Spool::error(std::string_view doing) const {
  return last_system_error(fmt::format("{} the spool {}", doing, path()));
}

}  // namespace apiary
