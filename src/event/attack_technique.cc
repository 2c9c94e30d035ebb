#include "event/attack_technique.h"

#include <algorithm>

namespace apiary {
namespace {

struct Row {
  std::string_view system_call;
  AttackTechnique technique;
};

constexpr AttackTechnique injection = {"T1055", "Process Injection"};
constexpr AttackTechnique escape = {"T1611", "Escape to Host"};
constexpr AttackTechnique modules = {"T1547.006", "Kernel Modules and Extensions"};

constexpr Row rows[] = {
    {"ptrace", {"T1055.008", "Ptrace System Calls"}},
    {"process_vm_readv", injection},
    {"process_vm_writev", injection},
    {"pidfd_getfd", injection},
    {"mount", escape},
    {"unshare", escape},
    {"setns", escape},
    {"pivot_root", escape},
    {"chroot", escape},
    {"open_by_handle_at", escape},
    {"init_module", modules},
    {"finit_module", modules},
    {"reboot", {"T1529", "System Shutdown/Reboot"}},
};

}  // namespace

const AttackTechnique* technique_of(std::string_view system_call) {
  const auto* const row = std::ranges::find(rows, system_call, &Row::system_call);
  return row == std::end(rows) ? nullptr : &row->technique;
}

}  // namespace apiary
