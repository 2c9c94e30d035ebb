#include "service/output_pump.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace apiary {
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
  std::size_t wanted = inbox_.scratch().size();
  if (kind_ == Kind::stream)
    wanted = std::min(wanted, allowance_bytes_);
  else if (!fits_next_message())
    return pause();
  else
    wanted = datagram_limit_bytes;

  const ssize_t size = recv(socket_, inbox_.scratch().data(), wanted, MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size < 0 || (size == 0 && is_hung_up())) {
    const int number = size < 0 ? errno : 0;
    close();
    return listener_.on_output_end(number);
  }
  auto bytes = inbox_.scratch().first(static_cast<std::size_t>(size));
  if (bytes.size() > rest_bytes_) {
    close();
    // A datagram is sent whole or not at all.
    bytes = bytes.first(kind_ == Kind::stream ? static_cast<std::size_t>(rest_bytes_) : 0);
    if (!bytes.empty()) inbox_.output(session_, bytes);
    return listener_.on_output_limit();
  }
  rest_bytes_ -= bytes.size();
  allowance_bytes_ -= bytes.size();
  inbox_.output(session_, bytes);
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
