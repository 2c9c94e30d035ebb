#include "daemon/hardening.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <fstream>

#include "sandbox/seccomp_filter.h"

namespace apiary {

void survive_memory_shortage() { std::ofstream("/proc/self/oom_score_adj") << "-900"; }

tl::expected<void, SystemError> harden_process() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  const auto filter = SeccompFilter::make_for_daemon();
  if (!filter) return tl::unexpected(filter.error());
  if (!filter->install_on_all_threads()) return tl::unexpected(last_system_error("seccomp"));
  return {};
}

}  // namespace apiary
