#include "http/http_client.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <memory>
#include <optional>

#include "posix/send_all.h"
#include "posix/socket_option.h"
#include "posix/unix_listener.h"

namespace apiary {
namespace {

constexpr timeval patience{120, 0};  // a change of the configuration may take long
constexpr std::size_t max_response_head_bytes = 32'768;
constexpr std::size_t max_response_body_bytes = std::size_t{256} << 20;
constexpr std::size_t piece_bytes = 65'536;

tl::unexpected<std::string> incomplete() {
  return tl::unexpected(std::string("the daemon's response is incomplete"));
}

std::string wire_of(const HttpRequest& request) {
  // To HTTP/1.0, a response of unknown length comes without chunks and ends with the connection.
  std::string text =
      fmt::format("{} {} HTTP/1.0\r\nHost: localhost\r\n", request.method, request.target);
  if (request.takes_gzip) text += "Accept-Encoding: gzip\r\n";
  if (!request.fetch_site.empty()) text += "Sec-Fetch-Site: " + request.fetch_site + "\r\n";
  if (request.method == "POST" || request.method == "PUT")
    text += fmt::format("Content-Length: {}\r\n", request.body.size());
  return text + "\r\n" + request.body;
}

/// Appends what arrives next. False: the end, or an error.
bool receive_more(const FileDescriptor& socket, std::string& text) {
  char buffer[piece_bytes];
  ssize_t size = 0;
  do size = recv(socket.get(), buffer, sizeof buffer, 0);
  while (size < 0 && errno == EINTR);
  if (size <= 0) return false;
  text.append(buffer, static_cast<std::size_t>(size));
  return true;
}

struct ResponseHead {
  HttpResponse response{};
  std::optional<std::size_t> length{};
};

/// Takes the fields that our own server sends and a client needs.
void read_response_field(std::string_view line, ResponseHead& head) {
  const std::size_t colon = line.find(": ");
  if (colon == std::string_view::npos) return;
  const std::string_view name = line.substr(0, colon), value = line.substr(colon + 2);
  HttpResponse& response = head.response;
  if (name == "Content-Type") {
    response.type = value;
  } else if (name == "Content-Encoding") {
    response.is_gzip = value == "gzip";
  } else if (name == "Cache-Control") {
    response.is_immutable = value.find("immutable") != std::string_view::npos;
  } else if (name == "Allow") {
    response.allow = value;
  } else if (name == "Content-Disposition") {
    const std::size_t quote = value.find('"');
    if (quote != std::string_view::npos && value.ends_with('"'))
      response.file_name = value.substr(quote + 1, value.size() - quote - 2);
  } else if (name == "Content-Length") {
    std::size_t length = 0;
    std::from_chars(value.data(), value.data() + value.size(), length);
    head.length = length;
  }
}

tl::expected<ResponseHead, std::string> parse_response_head(std::string_view text) {
  constexpr std::string_view version = "HTTP/1.1 ";
  ResponseHead head;
  int status = 0;
  if (text.starts_with(version))
    std::from_chars(text.data() + version.size(), text.data() + text.size(), status);
  if (status < 200 || status > 599)
    return tl::unexpected(std::string("no daemon of Apiary listens at the socket"));
  head.response.status = status;
  for (std::size_t at = text.find("\r\n"); at + 2 < text.size();) {
    const std::size_t end = std::min(text.find("\r\n", at + 2), text.size());
    read_response_field(text.substr(at + 2, end - at - 2), head);
    at = end;
  }
  return head;
}

/// The rest of the response, as it comes.
HttpStream stream_of(FileDescriptor socket, std::string begin) {
  auto shared = std::make_shared<FileDescriptor>(std::move(socket));
  return [shared, begin = std::move(begin)](std::string& more) mutable {
    more += std::exchange(begin, {});
    char buffer[piece_bytes];
    const ssize_t size = recv(shared->get(), buffer, sizeof buffer, MSG_DONTWAIT);
    if (size > 0) {
      more.append(buffer, static_cast<std::size_t>(size));
      return StreamState::more_now;
    }
    const bool waits = size < 0 && (errno == EAGAIN || errno == EINTR);
    return waits ? StreamState::more_later : StreamState::over;
  };
}

}  // namespace

tl::expected<HttpResponse, std::string> forward_request(const std::string& socket_path,
                                                        const HttpRequest& request) {
  auto socket = connect_to_unix(socket_path, "dashboard's socket");
  if (!socket) return tl::unexpected(to_string(socket.error()));
  set_option(*socket, SOL_SOCKET, SO_RCVTIMEO, patience);
  set_option(*socket, SOL_SOCKET, SO_SNDTIMEO, patience);
  // A server that refuses the request early has sent its response all the same.
  (void)send_all(*socket, wire_of(request));
  std::string text;
  std::size_t head_bytes = std::string::npos;
  while ((head_bytes = text.find("\r\n\r\n")) == std::string::npos)
    if (text.size() > max_response_head_bytes || !receive_more(*socket, text)) return incomplete();
  auto head = parse_response_head(std::string_view(text).substr(0, head_bytes));
  if (!head) return tl::unexpected(head.error());
  text.erase(0, head_bytes + 4);
  HttpResponse& response = head->response;
  if (!head->length && response.status != 204) {
    response.stream = stream_of(std::move(*socket), std::move(text));
    return response;
  }
  const std::size_t length = head->length.value_or(0);
  if (length > max_response_body_bytes) return incomplete();
  while (text.size() < length)
    if (!receive_more(*socket, text)) return incomplete();
  response.body = std::move(text);
  return response;
}

}  // namespace apiary
