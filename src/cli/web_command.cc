// apiary web: the dashboard of a daemon at a Unix socket, for the browser of one user.
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "cli/commands.h"
#include "http/web_forwarder.h"
#include "http/web_token.h"
#include "posix/unix_listener.h"

namespace apiary {
namespace {

struct WebOptions {
  std::string socket;  // empty: the usual one
  std::uint16_t port = 0;
};

tl::expected<void, SystemError> try_to_connect(const std::string& path) {
  const auto socket = connect_to_unix(path, "dashboard's socket");
  if (socket) return {};
  SystemError error = socket.error();
  if (error.number == ENOENT || error.number == ECONNREFUSED)
    error = {
        fmt::format("no daemon serves a dashboard at {}: start one with apiary run --web, or "
                    "name its socket",
                    path)};
  else if (error.number == EACCES || error.number == EPERM)
    error.what += " (use sudo, or become a member of the group of apiary run --web-group)";
  return tl::unexpected(error);
}

/// Root becomes nobody, with the group of the socket, if that can still open it.
void give_up_root(const std::string& path) {
  struct stat file {};
  const passwd* const account = getpwnam("nobody");
  if (geteuid() != 0 || account == nullptr || stat(path.c_str(), &file) != 0) return;
  const bool was_changed =
      setgroups(0, nullptr) == 0 && setegid(file.st_gid) == 0 && seteuid(account->pw_uid) == 0;
  const bool can_open = was_changed && try_to_connect(path).has_value();
  if (seteuid(0) != 0 || !can_open) {
    (void)!setegid(getgid());
    return;
  }
  if (setresgid(file.st_gid, file.st_gid, file.st_gid) != 0 ||
      setresuid(account->pw_uid, account->pw_uid, account->pw_uid) != 0)
    std::abort();
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);  // other processes of nobody see nothing of this one
}

int serve_dashboard(const WebOptions& options) {
  std::signal(SIGPIPE, SIG_IGN);
  const std::string path = options.socket.empty() ? default_web_socket() : options.socket;
  if (const auto tried = try_to_connect(path); !tried) return fail(tried.error());
  WebAddress address{.host = "127.0.0.1", .port = options.port, .is_loopback = true};
  auto socket = WebSocket::listen_at(address);
  if (!socket)
    return fail(
        fmt::format("{}: choose another port with --port, or none for a free one", socket.error()));
  address.port = socket->port();
  give_up_root(path);

  sigset_t ends;
  sigemptyset(&ends);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&ends, number);
  sigprocmask(SIG_BLOCK, &ends, nullptr);  // before there are threads, which inherit it
  OneTimeCode code;
  const auto print_url = [&](std::string_view what) {
    fmt::print("{}:\n\n    {}#code={}\n\n", what, url_of(address), code.renew());
    std::fflush(stdout);
  };
  WebForwarder forwarder({.socket_path = path,
                          .address = address,
                          .token = random_token(),
                          .code = code,
                          .on_redeemed = [&] { print_url("Opened. For another tab"); }});
  const auto server = HttpServer::make(std::move(*socket));
  print_url(fmt::format("Dashboard of the daemon at {}, until Ctrl-C. This URL works once", path));
  server->serve(forwarder);
  int number = 0;
  sigwait(&ends, &number);
  server->stop();
  return 0;
}

}  // namespace

void add_web_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<WebOptions>();
  CLI::App* const web = app.add_subcommand(
      "web", "Open the dashboard of a daemon that serves it at a Unix socket (run --web)");
  web->add_option("SOCKET", options->socket, "The socket (default: /run/apiary/web.sock)");
  web->add_option("--port", options->port, "Loopback port for the browser (default: a free one)")
      ->type_name("PORT");
  web->callback([options, &action] { action = [options] { return serve_dashboard(*options); }; });
}

}  // namespace apiary
