#include "daemon/privileges.h"

#include <cap-ng.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string_view>

namespace apiary {
namespace {

bool may(unsigned capability) {
  capng_get_caps_process();
  return capng_have_capability(CAPNG_PERMITTED, capability) == 1;
}

/// A capability that the daemon needs and lacks.
struct Missing {
  std::string_view name;  // without CAP_
  std::string_view why;
};

/// Explains how to grant capabilities to this process; some lines.
std::string how_to_give(const std::vector<Missing>& missing) {
  std::string for_docker, for_systemd, for_file;
  for (const Missing& one : missing) {
    for_docker += fmt::format(" --cap-add {}", one.name);
    for_systemd += fmt::format(" CAP_{}", one.name);
    std::string lower(one.name);
    std::ranges::transform(lower, lower.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    for_file += fmt::format("{}cap_{}", for_file.empty() ? "" : ",", lower);
  }
  if (geteuid() == 0)
    return fmt::format(
        "root lacks it here: the container or service manager withholds it. To grant it:\n  "
        "Docker, Podman:  docker run{}\n  systemd:         CapabilityBoundingSet={} in addition to "
        "those of the unit\n",
        for_docker, for_systemd.substr(1));
  return fmt::format(
      "To grant it:\n  root:            sudo apiary run ...\n  a file:          setcap {}+ep {}\n  "
      "systemd:         AmbientCapabilities={}\n  Docker, Podman:  as root inside: docker run "
      "--user root{}\n",
      for_file, "$(command -v apiary)", for_systemd.substr(1), for_docker);
}

/// Whether the user or group `number` exists in this user namespace. `map`: /proc/self/uid_map, or
/// gid_map.
bool is_mapped(std::string_view map, std::uint64_t number) {
  std::ifstream file{std::string(map)};
  std::uint64_t first = 0, outside = 0, count = 0;
  bool is_known = false;
  while (file >> first >> outside >> count) {
    is_known = true;
    if (number >= first && number - first < count) return true;
  }
  return !is_known;
}

tl::expected<const passwd*, std::string> find_account(const std::string& user) {
  const passwd* const account = getpwnam(user.c_str());
  if (account == nullptr)
    return tl::unexpected(
        fmt::format("there is no user '{}': create it (useradd --system {}), or name another with "
                    "--daemon-user and --service-user\n",
                    user, user));
  return account;
}

/// Checks whether root can become the users of `needs`. Error: some lines.
tl::expected<void, std::string> check_users(const PrivilegeNeeds& needs,
                                            std::vector<Missing>& missing) {
  bool changes = false;
  for (const std::string& user : {needs.daemon_user, needs.service_user}) {
    if (user.empty()) continue;  // users of our own: the spawner has checked them
    const auto account = find_account(user);
    if (!account) return tl::unexpected(account.error());
    if ((*account)->pw_uid == geteuid()) continue;
    changes = true;
    if (!is_mapped("/proc/self/uid_map", (*account)->pw_uid) ||
        !is_mapped("/proc/self/gid_map", (*account)->pw_gid))
      return tl::unexpected(
          fmt::format("user '{}' (number {}) does not exist in this user namespace. Map more users "
                      "(unshare --map-auto, or the container's settings), or use --daemon-user "
                      "root --contain best-effort; root is not root outside\n",
                      user, (*account)->pw_uid));
  }
  if (!changes) return {};
  if (!may(CAP_SETUID)) missing.push_back({"SETUID", "to become other users"});
  if (!may(CAP_SETGID)) missing.push_back({"SETGID", "to become other users"});
  return {};
}

/// capng_change_id(3) of libcap-ng returns the step that failed as a number.
std::string_view failed_step(int result) {
  switch (result) {
    case -3:
      return "the kernel refuses to keep the capabilities meanwhile";
    case -4:
      return "cannot change to its group";
    case -5:
    case -10:
      return "cannot change the supplementary groups";
    case -6:
      return "cannot change to its user ID";
    case -8:
    case -9:
      return "cannot clear the bounding set";
    default:
      return "cannot change the capabilities";
  }
}

}  // namespace

tl::expected<std::vector<std::string>, std::string> check_privileges(const PrivilegeNeeds& needs) {
  std::vector<Missing> missing;
  std::vector<std::string> remarks;
  if (needs.packet_sockets && !may(CAP_NET_RAW))
    missing.push_back({"NET_RAW", "to open packet sockets"});
  if (!may(CAP_NET_ADMIN)) {
    if (needs.makes_interfaces)
      missing.push_back({"NET_ADMIN", "to create interfaces and routes"});
    else if (needs.uses_xdp)
      missing.push_back({"NET_ADMIN", "to use AF_XDP"});
    else if (needs.takes_addresses)
      missing.push_back({"NET_ADMIN", "to connect proxies from visitors' addresses"});
    else
      remarks.push_back(
          "CAP_NET_ADMIN is missing, so apiary cannot stop the kernel from answering: it answers "
          "packets for honeypots if it forwards, or if they have malformed IP options (grant it by "
          "docker run --cap-add NET_ADMIN, setcap, or AmbientCapabilities=)");
  }
  if (needs.uses_xdp && !may(CAP_BPF) && !may(CAP_SYS_ADMIN))
    missing.push_back({"BPF", "to load the XDP program"});
  if (geteuid() == 0) {
    if (auto checked = check_users(needs, missing); !checked)
      return tl::unexpected(std::move(checked.error()));
    if (!may(CAP_KILL))
      remarks.push_back(
          "CAP_KILL is missing: apiary cannot end service programs that do not exit by themselves");
  }
  if (missing.empty()) return remarks;
  std::string text = "apiary run lacks privileges:\n";
  for (const Missing& one : missing) text += fmt::format("  CAP_{}: {}\n", one.name, one.why);
  return tl::unexpected(text + how_to_give(missing));
}

tl::expected<void, std::string> drop_privileges(const std::string& user) {
  const bool keeps_routing = may(CAP_NET_ADMIN), may_clear_bounding = may(CAP_SETPCAP);
  capng_clear(CAPNG_SELECT_BOTH);
  if (keeps_routing)
    capng_update(CAPNG_ADD, static_cast<capng_type_t>(CAPNG_EFFECTIVE | CAPNG_PERMITTED),
                 CAP_NET_ADMIN);
  const passwd* const account = geteuid() == 0 ? getpwnam(user.c_str()) : nullptr;
  if (geteuid() == 0 && account == nullptr)
    return tl::unexpected(fmt::format("cannot give up root: there is no user '{}'", user));
  if (account == nullptr || account->pw_uid == geteuid()) {
    if (capng_apply(CAPNG_SELECT_CAPS) != 0)
      return tl::unexpected(std::string("cannot give up capabilities"));
  } else {
    const int flags =
        CAPNG_DROP_SUPP_GRP | (may_clear_bounding ? CAPNG_CLEAR_BOUNDING : CAPNG_NO_FLAG);
    const int result =
        capng_change_id(static_cast<int>(account->pw_uid), static_cast<int>(account->pw_gid),
                        static_cast<capng_flags_t>(flags));
    if (result != 0)
      return tl::unexpected(fmt::format("cannot become user '{}': {} (capng_change_id gives {})",
                                        user, failed_step(result), result));
  }
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  return {};
}

}  // namespace apiary
