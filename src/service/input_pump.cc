#include "service/input_pump.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace apiary {

void InputPump::open(int socket) {
  if (state_ != State::waiting) return;
  socket_ = socket;
  state_ = State::open;
  write_pending();
}

void InputPump::deliver(Bytes bytes) {
  if (is_ended_) return;
  if (state_ == State::open && pending_.empty()) bytes = bytes.subspan(write(bytes));
  if (state_ == State::refused) inbox_.consumed(session_, bytes.size());
  if (state_ == State::refused || state_ == State::closed) return;
  pending_.append(bytes);
  if (state_ == State::open && !pending_.empty()) event_add(writable_.get(), nullptr);
}

void InputPump::end() {
  if (is_ended_) return;
  is_ended_ = true;
  if (state_ == State::open && pending_.empty()) listener_.on_input_complete();
}

void InputPump::close() {
  state_ = State::closed;
  writable_.reset();
  pending_ = {};
}

void InputPump::on_writable(short) { write_pending(); }

void InputPump::write_pending() {
  while (!pending_.empty()) {
    const auto chunk = inbox_.scratch().first(std::min(pending_.size(), inbox_.scratch().size()));
    pending_.copy_to(0, chunk);
    const std::size_t taken = write(chunk);
    if (state_ != State::open) return;
    pending_.drop(taken);
    if (taken < chunk.size()) {
      event_add(writable_.get(), nullptr);
      return;
    }
  }
  if (is_ended_) listener_.on_input_complete();
}

std::size_t InputPump::write(Bytes bytes) {
  if (bytes.empty()) return 0;
  const ssize_t taken = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (taken < 0 && errno != EAGAIN && errno != EINTR && errno != ENOBUFS) {
    refuse(errno);
    return 0;
  }
  const std::size_t count = taken < 0 ? 0 : static_cast<std::size_t>(taken);
  inbox_.consumed(session_, count);
  if (count < bytes.size() && !writable_)
    writable_ = make_event<&InputPump::on_writable>(events_, socket_, EV_WRITE, this);
  return count;
}

void InputPump::refuse(int number) {
  if (state_ != State::open) return;
  state_ = State::refused;
  const std::size_t rest = pending_.size();
  pending_ = {};
  writable_.reset();
  inbox_.consumed(session_, rest);
  listener_.on_input_refused(number);
}

}  // namespace apiary
