#include "runtime/privileges.h"

#include <cap-ng.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace apiary {

tl::expected<void, std::string> drop_privileges(const std::string& user) {
  if (geteuid() != 0) return {};
  const passwd* const account = getpwnam(user.c_str());
  if (account == nullptr)
    return tl::unexpected(fmt::format("cannot give up root: there is no user '{}'", user));
  capng_clear(CAPNG_SELECT_BOTH);
  capng_update(CAPNG_ADD, static_cast<capng_type_t>(CAPNG_EFFECTIVE | CAPNG_PERMITTED),
               CAP_NET_ADMIN);
  const int result =
      capng_change_id(static_cast<int>(account->pw_uid), static_cast<int>(account->pw_gid),
                      static_cast<capng_flags_t>(CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING));
  if (result != 0)
    return tl::unexpected(fmt::format("cannot become user '{}' (libcap-ng says {})", user, result));
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  return {};
}

}  // namespace apiary
