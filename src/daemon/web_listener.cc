#include "daemon/web_listener.h"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "http/web_token.h"
#include "posix/folder.h"

namespace apiary {
namespace {

constexpr mode_t web_folder_mode = 0755;  // its files have modes of their own
constexpr mode_t others = 077;

/// The account of the daemon, if this process is root and becomes it.
const passwd* daemon_account(const RunOptions& options) {
  return geteuid() == 0 ? getpwnam(options.daemon_user.c_str()) : nullptr;
}

/// The group whose members may open a Unix socket.
tl::expected<std::optional<gid_t>, std::string> group_of_socket(const RunOptions& options) {
  if (!options.web_group.empty()) {
    const group* const found = getgrnam(options.web_group.c_str());
    if (found == nullptr)
      return tl::unexpected(
          fmt::format("--web-group {}: there is no such group: create it "
                      "(groupadd --system {}), or name another",
                      options.web_group, options.web_group));
    return found->gr_gid;
  }
  const passwd* const account = daemon_account(options);
  return account == nullptr ? std::optional<gid_t>{} : account->pw_gid;
}

/// Creates the folder of the usual places. The daemon's user owns it, so that it can remove the
/// socket at its end.
tl::expected<void, std::string> make_usual_folder(const RunOptions& options) {
  std::optional<FolderOwner> owner;
  if (const passwd* const account = daemon_account(options))
    owner = {account->pw_uid, account->pw_gid};
  const auto made = make_folder(default_web_folder(), owner);
  if (!made)
    return tl::unexpected(
        fmt::format("--web: {}: name another place with --web unix:PATH or "
                    "--web-token FILE",
                    to_string(made.error())));
  for (const std::string& folder : *made) chmod(folder.c_str(), web_folder_mode);
  return {};
}

tl::expected<void, std::string> get_token(const RunOptions& options, WebListener& listener) {
  listener.token_file = web_token_file_of(options);
  if (listener.token_file.empty()) return {};
  const bool is_usual = options.web_token_file.empty();
  auto token =
      is_usual ? read_or_make_web_token(listener.token_file) : read_web_token(listener.token_file);
  if (!token) return tl::unexpected(token.error());
  listener.token = std::move(*token);
  if (const passwd* const account = daemon_account(options); is_usual && account != nullptr)
    (void)!lchown(listener.token_file.c_str(), account->pw_uid, account->pw_gid);
  struct stat file {};
  if (stat(listener.token_file.c_str(), &file) == 0 && (file.st_mode & others) != 0)
    listener.remarks.push_back(fmt::format("other users may read the token in {}: chmod 600 {}",
                                           listener.token_file, listener.token_file));
  return {};
}

}  // namespace

std::string WebListener::sentence(bool is_private) const {
  if (address.is_unix())
    return fmt::format("dashboard: apiary web {}", address.socket_path) +
           (token.empty() ? "" : "; token in " + token_file);
  if (is_private) return fmt::format("dashboard: {}#token={}", url_of(address), token);
  return fmt::format("dashboard: {} with the token in {}", url_of(address), token_file);
}

HttpGuard WebListener::guard() const {
  return {address, token, "it is the first line of the file " + token_file};
}

std::string web_token_file_of(const RunOptions& options) {
  if (!options.web_token_file.empty() || options.web.empty()) return options.web_token_file;
  const auto address = parse_web_address(options.web);
  return !address || address->is_unix() ? "" : default_web_folder() + "/web-token";
}

tl::expected<std::optional<WebListener>, std::string> listen_for_web(const RunOptions& options) {
  if (options.web.empty()) return std::nullopt;
  const auto address = parse_web_address(options.web);
  if (!address) return tl::unexpected(address.error());
  if (!address->is_unix() && !address->is_loopback && options.web_token_file.empty())
    return tl::unexpected(fmt::format(
        "--web {}: this address is reachable from other machines: --web-token FILE is required",
        options.web));
  if (!address->is_unix() && !options.web_group.empty())
    return tl::unexpected(
        std::string("--web-group is for a Unix socket: remove it, or use --web unix:PATH"));
  WebListener listener{*address, {}, {}, nullptr};
  const bool uses_usual_folder = folder_of(address->socket_path) == default_web_folder() ||
                                 (!address->is_unix() && options.web_token_file.empty());
  if (uses_usual_folder)
    if (auto made = make_usual_folder(options); !made) return tl::unexpected(made.error());
  if (auto got = get_token(options, listener); !got) return tl::unexpected(got.error());
  const auto group = group_of_socket(options);
  if (!group) return tl::unexpected(group.error());
  auto socket = WebSocket::listen_at(*address, *group);
  if (!socket) return tl::unexpected(socket.error());
  listener.server = HttpServer::make(std::move(*socket));
  return listener;
}

}  // namespace apiary
