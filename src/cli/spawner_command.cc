// The spawner as a service of its own: see packaging/systemd.
#include <fmt/format.h>
#include <sys/socket.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "cli/commands.h"
#include "cli/service_options.h"
#include "service/spawner.h"

namespace apiary {
namespace {

constexpr int first_passed = 3;  // sd_listen_fds(3)

/// The connection that the service manager accepted for us.
tl::expected<FileDescriptor, std::string> passed_connection() {
  const char* const count = std::getenv("LISTEN_FDS");
  int type = 0;
  socklen_t size = sizeof type;
  if (count == nullptr || std::string_view(count) != "1" ||
      getsockopt(first_passed, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_SEQPACKET)
    return tl::unexpected(std::string(
        "apiary spawner: no connection of a daemon: have a service manager accept it at "
        "a sequential-packet socket (ListenSequentialPacket=, Accept=yes)\n"));
  return FileDescriptor(first_passed);
}

int run_spawner(const RunOptions& options) {
  auto connection = passed_connection();
  if (!connection) {
    fmt::print(stderr, "{}", connection.error());
    return 1;
  }
  const auto folder = std::filesystem::absolute(options.configuration).parent_path();
  const auto served =
      Spawner::serve(std::move(*connection), {.directory = folder.string(),
                                              .user = options.service_user,
                                              .users = options.service_users,
                                              .allowed_users = options.allowed_users,
                                              .contain = options.contain});
  fmt::print(stderr, "apiary spawner: {}\n", to_string(served.error()));
  return 1;
}

}  // namespace

void add_spawner_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* const spawner = app.add_subcommand(
      "spawner", "Start services for a daemon (run --spawner); a service manager starts this");
  spawner->add_option("-f,--file", options->configuration, "The configuration, as with run")
      ->type_name("FILE")
      ->required();
  add_service_options(*spawner, *options);
  spawner->callback([options, &action] { action = [options] { return run_spawner(*options); }; });
}

}  // namespace apiary
