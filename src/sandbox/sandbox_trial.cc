#include "sandbox/sandbox_trial.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "posix/pass_descriptors.h"
#include "sandbox/sandbox.h"
#include "sandbox/user_namespace.h"
#include "sandbox/view_paths.h"

namespace apiary {
namespace {

/// What became of the program, as its sandbox says; empty: it ended with status 0.
std::string outcome(const Sandbox& sandbox) {
  for (SpawnerReply reply; recv(sandbox.socket(), &reply, sizeof reply, 0) == sizeof reply;) {
    if (reply.kind == ReplyKind::failed)
      return fmt::format("{}: {}{}{}", describe(reply.step), reply.detail.data(),
                         reply.detail[0] == '\0' ? "" : ": ", std::strerror(reply.value));
    if (reply.kind == ReplyKind::exited)
      return reply.value == 0 ? "" : fmt::format("it ended with wait status {}", reply.value);
  }
  return "the sandbox ended";
}

std::string run(const SandboxView& view, const LaunchSettings& settings,
                const std::vector<std::string>& arguments) {
  signal(SIGCHLD, SIG_IGN);
  setenv("PATH", service_path, 1);
  umask(022);
  if (!may_make_namespaces()) {
    std::vector<IdRange> ids{{geteuid()}, {getegid()}};
    if (settings.own_users)
      ids.insert(ids.end(), settings.own_users->ids.begin(), settings.own_users->ids.end());
    if (const auto entered = enter_user_namespace(ids); !entered) return to_string(entered.error());
  }
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  const auto machine = open_mount_namespace();
  if (!machine) return to_string(machine.error());
  ViewWatch watch;
  if (const auto entered = enter_view(view, *machine, watch); !entered)
    return to_string(entered.error());
  const auto sandbox = Sandbox::make(settings);
  if (!sandbox) return to_string(sandbox.error());
  const auto packet =
      encode(ProgramRequest{.process = {1}, .arguments = arguments, .environment = {}});
  const std::array<int, 3> streams{null, null, null};
  if (send_with_descriptors(sandbox->socket(), std::as_bytes(std::span(packet)), streams) < 0)
    return to_string(last_system_error("pass the request on"));
  return outcome(*sandbox);
}

}  // namespace

tl::expected<void, std::string> try_in_sandbox(const SandboxView& view,
                                               std::optional<ServiceUser> user,
                                               std::optional<ServiceUser> init,
                                               const std::vector<std::string>& arguments,
                                               bool is_server) {
  const auto filter = SeccompFilter::make({.is_server = is_server});
  if (!filter) return tl::unexpected(to_string(filter.error()));
  LaunchSettings settings{.directory = view.directory,
                          .user = user,
                          .has_own_user = user.has_value(),
                          .filter = &*filter,
                          .kept = kept_paths(view)};
  const ServerFiles server = read_server_files();
  if (is_server) settings.server = &server;
  if (user && init && may_map_ids())
    settings.own_users =
        SandboxUsers{*init, merged({{init->user}, {init->group}, {user->user}, {user->group}})};
  std::array<int, 2> pipe{};
  if (pipe2(pipe.data(), O_CLOEXEC) != 0)
    return tl::unexpected(to_string(last_system_error("pipe")));
  const FileDescriptor reader(pipe[0]);
  FileDescriptor writer(pipe[1]);
  const pid_t child = fork();
  if (child < 0) return tl::unexpected(to_string(last_system_error("fork")));
  if (child == 0) {
    const std::string trouble = run(view, settings, arguments);
    [[maybe_unused]] const ssize_t size = write(writer.get(), trouble.data(), trouble.size());
    _exit(0);
  }
  writer.close();
  std::string trouble;
  char part[256];
  for (ssize_t size; (size = read(reader.get(), part, sizeof part)) > 0;)
    trouble.append(part, static_cast<std::size_t>(size));
  int status = 0;
  waitpid(child, &status, 0);
  if (status != 0) trouble = "the process that makes sandboxes died";
  if (!trouble.empty()) return tl::unexpected(trouble);
  return {};
}

}  // namespace apiary
