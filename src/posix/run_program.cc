#include "posix/run_program.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <cerrno>

#include "posix/file_descriptor.h"

extern char** environ;

namespace apiary {
namespace {

/// Writes `input` to the program and reads its output, as each is ready.
std::string converse(FileDescriptor socket, std::string_view input) {
  std::string output;
  char buffer[65'536];
  if (input.empty()) shutdown(socket.get(), SHUT_WR);
  while (true) {
    pollfd ready{socket.get(), static_cast<short>(input.empty() ? POLLIN : POLLIN | POLLOUT), 0};
    if (poll(&ready, 1, -1) < 0 && errno != EINTR) return output;
    if ((ready.revents & POLLOUT) != 0 && !input.empty()) {
      const ssize_t sent =
          send(socket.get(), input.data(), input.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent > 0) input.remove_prefix(static_cast<std::size_t>(sent));
      if (sent < 0 && errno != EAGAIN && errno != EINTR)
        input = {};  // the program does not read it
      if (input.empty()) shutdown(socket.get(), SHUT_WR);
    }
    if ((ready.revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
    const ssize_t size = recv(socket.get(), buffer, sizeof buffer, 0);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return output;
    output.append(buffer, static_cast<std::size_t>(size));
  }
}

}  // namespace

tl::expected<ProgramResult, SystemError> run_program(const std::vector<std::string>& words,
                                                     std::string_view input, bool quiet) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return tl::unexpected(last_system_error("creating a socket pair"));
  FileDescriptor ours(ends[0]);
  FileDescriptor theirs(ends[1]);

  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, theirs.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, theirs.get(), STDOUT_FILENO);
  if (quiet) posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t process = 0;
  const int trouble =
      posix_spawnp(&process, arguments.front(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (trouble != 0) return tl::unexpected(SystemError{"running " + words.front(), trouble});

  theirs.close();
  ProgramResult result{.output = converse(std::move(ours), input)};
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

}  // namespace apiary
