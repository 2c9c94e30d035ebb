#include "http/http_connection.h"

#include <event2/event.h>
#include <sys/socket.h>

#include <cerrno>

namespace apiary {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t receive_bytes = 16'384;
constexpr std::size_t unsent_stream_bytes =
    262'144;                                        // with more, it does not request another piece
constexpr std::string_view sign_of_life = ":\n\n";  // a comment in a stream of events
constexpr auto probe_period = std::chrono::seconds(1);

}  // namespace

void HttpConnection::Free::operator()(event* event) const { event_free(event); }

HttpConnection::HttpConnection(Id id, FileDescriptor socket, std::string client, event_base* loop,
                               Server& server)
    : id_(id),
      socket_(std::move(socket)),
      client_(std::move(client)),
      server_(server),
      since_(Clock::now()),
      last_progress_(since_) {
  readable_.reset(event_new(
      loop, socket_.get(), EV_READ,
      [](evutil_socket_t, short, void* self) { static_cast<HttpConnection*>(self)->on_readable(); },
      this));
  writable_.reset(event_new(
      loop, socket_.get(), EV_WRITE,
      [](evutil_socket_t, short, void* self) { static_cast<HttpConnection*>(self)->on_writable(); },
      this));
  wait();
}

void HttpConnection::enter(Phase phase) {
  phase_ = phase;
  since_ = last_progress_ = Clock::now();
}

void HttpConnection::on_readable() {
  receive();
  advance();
}

void HttpConnection::on_writable() { advance(); }

void HttpConnection::receive() {
  char buffer[receive_bytes];
  const ssize_t count = recv(socket_.get(), buffer, sizeof buffer, MSG_DONTWAIT);
  if (count < 0) {
    if (errno != EAGAIN && errno != EINTR) is_over_ = true;
  } else if (count == 0) {
    client_is_done_ = true;
  } else if (phase_ == Phase::idle || phase_ == Phase::reading) {
    in_.append(buffer, static_cast<std::size_t>(count));
  }
}

void HttpConnection::advance() {
  while (!is_over_ && step()) {
  }
  if (is_over_)
    server_.on_closed(*this);  // destroys this
  else
    wait();
}

bool HttpConnection::step() {
  switch (phase_) {
    case Phase::idle:
    case Phase::reading:
      if (!write_out()) return false;  // "100 Continue"
      return head_ ? read_body() : read_head();
    case Phase::handling:
      return false;
    case Phase::writing:
      return write_out() && finish_answer();
    case Phase::streaming:
      if (write_out() && wants_stream()) server_.on_stream_wanted(*this);
      return false;
    case Phase::closing:
      if (client_is_done_) is_over_ = true;
      return false;
  }
  return false;
}

void HttpConnection::answer(HttpResponse answer) {
  begin_answer(std::move(answer));
  advance();
}

void HttpConnection::begin_answer(HttpResponse answer) {
  head_.reset();
  held_ = {};
  body_ = {};
  out_.erase(0, written_);
  written_ = 0;
  if (answer.stream && form_.is_http_1_0) form_.keeps_alive = false;
  out_ += http_response_head(answer, form_);
  if (answer.stream && !form_.is_head) {
    is_stream_chunked_ = form_.is_chunked(answer);
    is_event_stream_ = answer.type == "text/event-stream";
    stream_ = std::make_shared<HttpStream>(std::move(answer.stream));
    return enter(Phase::streaming);
  }
  if (!form_.is_head && answer.status != 204) out_ += answer.body;
  enter(Phase::writing);
}

bool HttpConnection::wants_stream() const {
  return phase_ == Phase::streaming && stream_ != nullptr && !is_stream_asked &&
         out_.size() - written_ < unsent_stream_bytes;
}

void HttpConnection::stream(std::string_view more, StreamState state) {
  is_stream_asked = false;
  if (!more.empty() && out_.size() == written_) last_progress_ = Clock::now();
  if (!more.empty()) out_ += is_stream_chunked_ ? http_chunk(more) : std::string(more);
  if (state == StreamState::over) return end_stream();
  if (state == StreamState::more_now) return advance();
  (void)write_out();
  if (is_over_)
    server_.on_closed(*this);  // destroys this
  else
    wait();
}

/// A client that is gone responds with a reset; one that has only shut down its side does not.
void HttpConnection::probe_client(Time now) {
  if (!client_is_done_ || !is_event_stream_ || now - last_progress_ < probe_period) return;
  out_ += is_stream_chunked_ ? http_chunk(sign_of_life) : std::string(sign_of_life);
}

void HttpConnection::end_stream() {
  if (is_stream_chunked_) out_ += last_http_chunk;
  stream_.reset();
  enter(Phase::writing);
  advance();
}

/// Returns true if everything is written.
bool HttpConnection::write_out() {
  while (written_ < out_.size()) {
    const ssize_t count = send(socket_.get(), out_.data() + written_, out_.size() - written_,
                               MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN) is_over_ = true;
      if (written_ > unsent_stream_bytes) out_.erase(0, std::exchange(written_, 0));
      return false;
    }
    written_ += static_cast<std::size_t>(count);
    last_progress_ = Clock::now();
  }
  out_.clear();
  written_ = 0;
  return true;
}

/// The response is sent: continues with the next request, or ends.
bool HttpConnection::finish_answer() {
  out_.shrink_to_fit();
  if (form_.keeps_alive) {
    enter(Phase::idle);
    return true;
  }
  // Reads what the client still sends: otherwise a reset could destroy the response.
  shutdown(socket_.get(), SHUT_WR);
  enter(Phase::closing);
  return true;
}

void HttpConnection::wait() {
  const bool reads = !client_is_done_ && phase_ != Phase::handling && phase_ != Phase::writing;
  if (reads)
    event_add(readable_.get(), nullptr);
  else
    event_del(readable_.get());
  if (written_ < out_.size())
    event_add(writable_.get(), nullptr);
  else
    event_del(writable_.get());
}

void HttpConnection::on_time(Time now) {
  const HttpLimits& limits = server_.limits();
  const auto in_phase = now - since_;
  switch (phase_) {
    case Phase::idle:
      is_over_ = in_phase > limits.idle_time;
      break;
    case Phase::reading:
      if (in_phase <= limits.request_time) return;
      if (in_.empty() && !head_)
        is_over_ = true;  // it has not begun
      else
        refuse({408, "the request was not complete in time"});
      break;
    case Phase::writing:
      is_over_ = in_phase >
                 limits.answer_time +
                     std::chrono::milliseconds(out_.size() * 1'000 / limits.min_bytes_per_second);
      break;
    case Phase::streaming:
      is_over_ = written_ < out_.size() && now - last_progress_ > limits.answer_time;
      if (!is_over_) probe_client(now);
      break;
    case Phase::closing:
      is_over_ = in_phase > limits.closing_time;
      break;
    case Phase::handling:
      return;
  }
  advance();
}

void HttpConnection::give_up() {
  is_over_ = true;
  advance();
}

}  // namespace apiary
