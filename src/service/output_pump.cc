#include "service/output_pump.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace apiary {
namespace {

// Of a stream, at a time: so that one session does not keep the others waiting.
constexpr std::size_t max_read_bytes = 65'536;

}  // namespace

void OutputPump::open(int socket, Kind kind, std::uint64_t limit_bytes) {
  socket_ = socket;
  kind_ = kind;
  rest_bytes_ = limit_bytes;
  readable_ = make_event<&OutputPump::on_readable>(events_, socket, EV_READ | EV_PERSIST, this);
  if (allowance_bytes_ > 0) event_add(readable_.get(), nullptr);
}

void OutputPump::grant(std::size_t bytes) {
  allowance_bytes_ += bytes;
  if (is_open() && bytes > 0) event_add(readable_.get(), nullptr);
}

void OutputPump::close() { readable_.reset(); }

void OutputPump::on_readable(short) {
  if (inbox_.is_full()) return;  // libevent calls again
  std::span<std::uint8_t> space;
  if (kind_ == Kind::stream)
    space = inbox_.output_space(std::min(max_read_bytes, allowance_bytes_));
  else if (!fits_next_message())
    return pause();
  else
    space = inbox_.scratch().first(datagram_limit_bytes);

  const ssize_t size = recv(socket_, space.data(), space.size(), MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size < 0 || (size == 0 && is_hung_up())) {
    const int number = size < 0 ? errno : 0;
    close();
    return listener_.on_output_end(number);
  }
  const auto count = static_cast<std::size_t>(size);
  if (count > rest_bytes_) {
    close();
    // A datagram is sent whole or not at all.
    if (kind_ == Kind::stream && rest_bytes_ > 0)
      inbox_.output_in_space(session_, static_cast<std::size_t>(rest_bytes_));
    return listener_.on_output_limit();
  }
  rest_bytes_ -= count;
  allowance_bytes_ -= count;
  if (kind_ == Kind::stream)
    inbox_.output_in_space(session_, count);
  else
    inbox_.output(session_, space.first(count));
  if (allowance_bytes_ == 0) pause();
}

bool OutputPump::fits_next_message() const {
  if (allowance_bytes_ >= datagram_limit_bytes) return true;
  const ssize_t size = recv(socket_, nullptr, 0, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT);
  return size < 0 ||
         std::min(static_cast<std::size_t>(size), datagram_limit_bytes) <= allowance_bytes_;
}

/// Whether a read of 0 bytes was the end, not an empty message.
bool OutputPump::is_hung_up() const {
  if (kind_ == Kind::stream) return true;
  if (kind_ == Kind::datagrams) return false;
  pollfd state{socket_, POLLRDHUP, 0};
  return poll(&state, 1, 0) == 1;
}

}  // namespace apiary
