#include "control/control_client.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <cerrno>

#include "control/control_socket.h"
#include "posix/send_all.h"
#include "posix/socket_option.h"

namespace apiary {
namespace {

constexpr timeval answer_patience{120, 0};

/// Reads until the other side closes.
tl::expected<std::string, SystemError> read_all(const FileDescriptor& socket) {
  std::string text;
  char buffer[65'536];
  while (true) {
    const ssize_t size = recv(socket.get(), buffer, sizeof buffer, 0);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN)
      return tl::unexpected(SystemError{"the daemon does not answer"});
    if (size < 0) return tl::unexpected(last_system_error("waiting for the daemon's answer"));
    if (size == 0) return text;
    text.append(buffer, static_cast<std::size_t>(size));
  }
}

SystemError explain(SystemError error, const std::string& path) {
  if (error.number == ENOENT || error.number == ECONNREFUSED)
    error = {
        fmt::format("no daemon listens at {}: start one with apiary run, or name its socket "
                    "with --socket PATH",
                    path)};
  else if (error.number == EACCES || error.number == EPERM)
    error.what += " (this needs root: use sudo)";
  return error;
}

}  // namespace

std::string command_of(const std::vector<std::string>& words) {
  if (words.size() == 1) return words.front();
  std::string command;
  for (const std::string& word : words) {
    if (!command.empty()) command += ' ';
    const bool needs_quotes =
        word.empty() || (word.find_first_of(" \t") != std::string::npos && word.front() != '"');
    command += needs_quotes ? "\"" + word + "\"" : word;
  }
  return command;
}

tl::expected<ControlResponse, SystemError> ask_daemon(const std::string& path,
                                                      const ControlRequest& request) {
  const std::string asked = to_wire(request);
  if (request.command.find('\n') != std::string::npos)
    return tl::unexpected(SystemError{"a command is one line"});
  if (asked.size() > max_request_bytes)
    return tl::unexpected(SystemError{"the command is larger than 64 KiB"});
  const auto socket = connect_to_control(path);
  if (!socket) return tl::unexpected(explain(socket.error(), path));
  set_option(*socket, SOL_SOCKET, SO_RCVTIMEO, answer_patience);
  // A daemon that refuses us may have sent the reason and closed already.
  const bool sent = send_all(*socket, asked);
  const auto answered = read_all(*socket);
  if (!answered) return tl::unexpected(answered.error());

  const std::size_t header_bytes = answered->find('\n');
  const auto header =
      parse_control_response_header(std::string_view(*answered).substr(0, header_bytes));
  if (!sent || !header || header_bytes == std::string::npos ||
      answered->size() - header_bytes - 1 != header->text_bytes)
    return tl::unexpected(SystemError{
        answered->empty()
            ? "the daemon is busy: it is shutting down, or serves too many other clients"
            : "the daemon's answer is incomplete"});
  return ControlResponse{header->ok, answered->substr(header_bytes + 1)};
}

int run_control(const ControlOptions& options) {
  const auto answer = ask_daemon(options.socket, {options.json, command_of(options.words)});
  if (!answer) {
    fmt::print(stderr, "{}\n", to_string(answer.error()));
    return 1;
  }
  fmt::print(answer->ok ? stdout : stderr, "{}", answer->text);
  return answer->ok ? 0 : 1;
}

}  // namespace apiary
