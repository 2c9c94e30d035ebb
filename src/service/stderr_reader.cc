#include "service/stderr_reader.h"

#include <unistd.h>

#include <cerrno>

namespace apiary {
namespace {

// Bytes per read: few, so that a flood on one stderr does not delay the others.
constexpr std::size_t read_bytes = 4096;
// Reads after the end of a process; a pipe holds no more.
constexpr int last_reads = 16;

}  // namespace

void StderrReader::open(FileDescriptor pipe) {
  pipe_ = std::move(pipe);
  readable_ =
      make_event<&StderrReader::on_readable>(events_, pipe_.get(), EV_READ | EV_PERSIST, this);
  allowance_ = make_event<&StderrReader::on_allowance>(events_, -1, EV_TIMEOUT, this);
  event_add(readable_.get(), nullptr);
}

void StderrReader::catch_up() {
  for (int i = 0; pipe_ && i < last_reads && read_some(); ++i) {
  }
}

void StderrReader::finish() {
  if (!pipe_) return;
  catch_up();
  readable_.reset();
  allowance_.reset();
  pipe_.close();
  lines_.finish([this](std::string_view line) { notes_.log(line); });
}

void StderrReader::on_allowance(short) {
  left_bytes_ = allowance_bytes_;
  event_add(readable_.get(), nullptr);
}

void StderrReader::on_readable(short) {
  if (left_bytes_ < read_bytes) {
    constexpr timeval one_second{1, 0};
    event_del(readable_.get());
    event_add(allowance_.get(), &one_second);
    return;
  }
  left_bytes_ -= read_bytes;
  if (!read_some() && errno != EAGAIN) finish();
}

bool StderrReader::read_some() {
  const auto room = inbox_.scratch().first(read_bytes);
  const ssize_t size = read(pipe_.get(), room.data(), room.size());
  if (size == 0) errno = 0;
  if (size <= 0) return false;
  lines_.add(room.first(static_cast<std::size_t>(size)),
             [this](std::string_view line) { notes_.log(line); });
  return true;
}

}  // namespace apiary
