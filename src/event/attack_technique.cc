#include "event/attack_technique.h"

#include <algorithm>
#include <span>

namespace apiary {
namespace {

struct CallRow {
  std::string_view system_call;
  AttackTechnique technique;
};

constexpr AttackTechnique injection = {"T1055", "Process Injection"};
constexpr AttackTechnique escape = {"T1611", "Escape to Host"};
constexpr AttackTechnique modules = {"T1547.006", "Kernel Modules and Extensions"};

constexpr CallRow call_rows[] = {
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

// For paths with one of these texts; the first that fits.
struct PathRow {
  std::string_view part;
  AttackTechnique technique;
};

constexpr PathRow path_rows[] = {
    {"/authorized_keys", {"T1098.004", "SSH Authorized Keys"}},
    {"/.ssh/", {"T1552.004", "Private Keys"}},
    {"/ssh_host_", {"T1552.004", "Private Keys"}},
    {"/etc/shadow", {"T1003.008", "/etc/passwd and /etc/shadow"}},
    {"/etc/gshadow", {"T1003.008", "/etc/passwd and /etc/shadow"}},
    {"_history", {"T1552.003", "Shell History"}},
    {"/.aws/", {"T1552.001", "Credentials In Files"}},
    {"/.netrc", {"T1552.001", "Credentials In Files"}},
    {"/etc/ld.so.preload", {"T1574.006", "Dynamic Linker Hijacking"}},
    {"/etc/sudoers", {"T1548.003", "Sudo and Sudo Caching"}},
    {"/docker.sock", escape},
    {"/sys/fs/cgroup", escape},
    {"/proc/sys/kernel/core_pattern", escape},
};
// The same, of names that a program makes or changes.
constexpr PathRow change_rows[] = {
    {"/etc/cron", {"T1053.003", "Cron"}},
    {"/var/spool/cron", {"T1053.003", "Cron"}},
    {"/etc/systemd/system", {"T1543.002", "Systemd Service"}},
    {"/lib/systemd/system", {"T1543.002", "Systemd Service"}},
    {"/etc/init.d", {"T1037.004", "RC Scripts"}},
    {"/etc/rc.local", {"T1037.004", "RC Scripts"}},
    {"/.bashrc", {"T1546.004", "Unix Shell Configuration Modification"}},
    {"/.profile", {"T1546.004", "Unix Shell Configuration Modification"}},
    {"/etc/profile", {"T1546.004", "Unix Shell Configuration Modification"}},
    {"/etc/passwd", {"T1136.001", "Local Account"}},
    {"/var/log/", {"T1070.002", "Clear Linux or Mac System Logs"}},
};

constexpr AttackTechnique exhaustion = {"T1499.001", "OS Exhaustion Flood"};

const AttackTechnique* technique_of_path(std::string_view path, std::span<const PathRow> rows) {
  const auto row = std::ranges::find_if(
      rows, [path](const PathRow& each) { return path.find(each.part) != path.npos; });
  return row == rows.end() ? nullptr : &row->technique;
}

}  // namespace

const AttackTechnique* technique_of(const events::Attempt& attempt) {
  if (attempt.kind == AttemptKind::fork) return &exhaustion;
  if (!attempt.path.empty()) {
    if (const auto* const found = technique_of_path(attempt.path, path_rows)) return found;
    return attempt.kind == AttemptKind::change_file ? technique_of_path(attempt.path, change_rows)
                                                    : nullptr;
  }
  const auto* const row = std::ranges::find(call_rows, attempt.call, &CallRow::system_call);
  return row == std::end(call_rows) ? nullptr : &row->technique;
}

}  // namespace apiary
