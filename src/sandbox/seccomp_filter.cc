#include "sandbox/seccomp_filter.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <memory>

#include "posix/file_descriptor.h"
#include "sandbox/file_call.h"
#include "sandbox/seccomp_rules.h"

namespace apiary {
namespace {

// By what they reach. Names that this libseccomp or architecture does not know are passed over.
// Neither services nor the daemon nor the spawner needs these.
constexpr const char* needless_calls[] = {
    // other processes
    "process_vm_writev", "pidfd_getfd", "process_madvise", "process_mrelease", "kcmp",
    // files beyond mounts, and quotas
    "name_to_handle_at", "open_by_handle_at", "quotactl", "quotactl_fd", "swapon", "swapoff",
    // the kernel's code and its large interfaces
    "perf_event_open", "io_uring_setup", "io_uring_enter", "io_uring_register", "userfaultfd",
    "init_module", "finit_module", "delete_module", "create_module", "kexec_load",
    "kexec_file_load", "lookup_dcookie", "fanotify_init", "vm86", "vm86old", "modify_ldt", "iopl",
    "ioperm", "uselib", "_sysctl", "nfsservctl",
    // keys
    "add_key", "request_key", "keyctl",
    // the machine
    "reboot", "settimeofday", "stime", "clock_settime", "clock_settime64", "clock_adjtime",
    "clock_adjtime64", "adjtimex", "setdomainname", "syslog", "acct", "vhangup",
    // memory that pages of others may share, or that moves between nodes
    "move_pages", "migrate_pages", "mbind", "set_mempolicy", "set_mempolicy_home_node",
    "memfd_secret", "secretmem"};

// The spawner makes sandboxes by these, and process 1 of a sandbox reads what programs attempt.
constexpr const char* spawner_calls[] = {
    "process_vm_readv", "pidfd_open",    "unshare",    "setns",      "mount",
    "umount",           "umount2",       "pivot_root", "chroot",     "open_tree",
    "move_mount",       "mount_setattr", "fsopen",     "fsmount",    "fsconfig",
    "fspick",           "statmount",     "listmount",  "sethostname"};

constexpr const char* bpf_calls[] = {"bpf"};
constexpr const char* tracing_calls[] = {"ptrace"};
constexpr const char* execution_calls[] = {"execve", "execveat"};

// LeakSanitizer stops the process by ptrace(2) when it ends.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool is_sanitized = true;
#elif defined(__has_feature)
constexpr bool is_sanitized = __has_feature(address_sanitizer);
#else
constexpr bool is_sanitized = false;
#endif

constexpr unsigned api_of_notifications = 5;  // seccomp_api_get(3)

constexpr const char* shared_memory_calls[] = {"memfd_create", "shmget"};

using Context = std::unique_ptr<void, decltype(&seccomp_release)>;

void refuse_sockets(RuleSet& rules) {
  // Streams and datagrams of Unix and the Internet, and what getaddrinfo() asks the kernel.
  rules.add_if(SCMP_SYS(socket), rules.reported(EAFNOSUPPORT), 0, SCMP_CMP_GT, AF_NETLINK);
  for (int family = AF_INET + 1; family < AF_NETLINK; ++family)
    if (family != AF_INET6)
      rules.add_if(SCMP_SYS(socket), rules.reported(EAFNOSUPPORT), 0, SCMP_CMP_EQ,
                   static_cast<scmp_datum_t>(family));
}

void refuse_namespaces(RuleSet& rules) {
  for (unsigned long flag = 1; flag != 0 && flag <= namespace_clone_flags; flag <<= 1)
    if ((namespace_clone_flags & flag) != 0)
      rules.add_if(SCMP_SYS(clone), rules.reported(EPERM), 0, SCMP_CMP_MASKED_EQ, flag, flag);
}

/// All but changes of maps that are open: a reload tells the XDP program its addresses.
void refuse_bpf(RuleSet& rules, std::uint32_t action) {
  rules.add_if(SCMP_SYS(bpf), action, 0, SCMP_CMP_LT, BPF_MAP_UPDATE_ELEM);
  rules.add_if(SCMP_SYS(bpf), action, 0, SCMP_CMP_GT, BPF_MAP_DELETE_ELEM);
}

void refuse_terminal_input(RuleSet& rules) {
  for (const unsigned long request : {TIOCSTI, TIOCLINUX})
    rules.add_if(SCMP_SYS(ioctl), rules.reported(EPERM), 1, SCMP_CMP_MASKED_EQ, request,
                 0xffffffffUL);
}

/// Those that name an address.
void report_messages(RuleSet& rules) {
  rules.add("connect", SCMP_ACT_NOTIFY);
  rules.add_if(SCMP_SYS(sendto), SCMP_ACT_NOTIFY, 4, SCMP_CMP_NE, 0);
}

/// Of files as the class says. `flags`: the argument with those of open(2).
void report_opens(RuleSet& rules, const char* name, unsigned flags) {
  const int call = seccomp_syscall_resolve_name(name);
  if (call < 0) return;
  const auto report_if = [&](scmp_datum_t mask, scmp_datum_t value) {
    rules.add_if(call, SCMP_ACT_NOTIFY, flags, SCMP_CMP_MASKED_EQ, value, mask);
  };
  report_if(O_CLOEXEC, 0);
  report_if(O_ACCMODE, O_WRONLY);
  report_if(O_ACCMODE, O_RDWR);
  report_if(O_CREAT, O_CREAT);
}

void report_files(RuleSet& rules) {
  rules.add_all(folder_calls(), SCMP_ACT_NOTIFY);
  report_opens(rules, "open", 1);
  report_opens(rules, "openat", 2);
}

void refuse_shared_memory(RuleSet& rules, bool refuses_mappings) {
  for (const char* name : shared_memory_calls) rules.add(name, fails_with(ENOSYS));
  if (!refuses_mappings) return;
  constexpr scmp_datum_t shared = MAP_SHARED | MAP_ANONYMOUS;
  rules.add_if(SCMP_SYS(mmap), fails_with(ENOMEM), 3, SCMP_CMP_MASKED_EQ, shared, shared);
}

void refuse_limits_of_memory(RuleSet& rules) {
  for (const scmp_datum_t resource : {RLIMIT_DATA, RLIMIT_AS}) {
    rules.add_if(SCMP_SYS(setrlimit), fails_with(EPERM), 0, SCMP_CMP_EQ, resource);
    rules.add_if(SCMP_SYS(prlimit64), fails_with(EPERM),
                 {{1, SCMP_CMP_EQ, resource, 0}, {2, SCMP_CMP_NE, 0, 0}});
  }
}

/// The instructions that libseccomp makes of the rules.
tl::expected<std::vector<sock_filter>, SystemError> compile(scmp_filter_ctx context) {
  const FileDescriptor file(memfd_create("seccomp", MFD_CLOEXEC));
  if (!file) return tl::unexpected(last_system_error("memfd_create"));
  if (const int result = seccomp_export_bpf(context, file.get()); result < 0)
    return tl::unexpected(SystemError{"a seccomp filter", -result});
  struct stat info {};
  if (fstat(file.get(), &info) != 0) return tl::unexpected(last_system_error("fstat"));
  std::vector<sock_filter> program(static_cast<std::size_t>(info.st_size) / sizeof(sock_filter));
  const std::size_t bytes = program.size() * sizeof(sock_filter);
  if (pread(file.get(), program.data(), bytes, 0) != static_cast<ssize_t>(bytes))
    return tl::unexpected(last_system_error("a seccomp filter"));
  return program;
}

/// The instructions for what `add_rules` adds.
tl::expected<std::vector<sock_filter>, SystemError> make_program(
    bool notifies, const std::function<void(RuleSet&)>& add_rules) {
  const Context context(seccomp_init(SCMP_ACT_ALLOW), seccomp_release);
  if (!context) return tl::unexpected(SystemError{"a seccomp filter", ENOMEM});
  seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);  // a search tree, not a list
  RuleSet rules(context.get(), notifies);
  add_rules(rules);
  if (rules.error() != 0) return tl::unexpected(SystemError{"a seccomp filter", rules.error()});
  return compile(context.get());
}

}  // namespace

tl::expected<SeccompFilter, SystemError> SeccompFilter::make(const Options& options) {
  const bool notifies = seccomp_api_get() >= api_of_notifications;
  auto program = make_program(notifies, [&](RuleSet& rules) {
    const auto action = rules.reported(EPERM);
    rules.add_all(needless_calls, action);
    rules.add_all(bpf_calls, action);
    rules.add_all(spawner_calls, action);
    rules.add_all(tracing_calls, action);
    rules.add("clone3", fails_with(ENOSYS));
    if (notifies) rules.add("setsid", SCMP_ACT_NOTIFY);
    if (notifies && options.is_server)
      rules.add("connect", SCMP_ACT_NOTIFY);
    else if (notifies && !options.has_network)
      report_messages(rules);
    if (notifies && !options.is_server) report_files(rules);
    refuse_sockets(rules);
    refuse_namespaces(rules);
    refuse_terminal_input(rules);
    if (options.is_server) refuse_limits_of_memory(rules);
    if (!options.allows_shared_memory) refuse_shared_memory(rules, !options.is_server);
  });
  if (!program) return tl::unexpected(program.error());
  return SeccompFilter(std::move(*program), notifies);
}

tl::expected<SeccompFilter, SystemError> SeccompFilter::make_for_daemon() {
  auto program = make_program(false, [](RuleSet& rules) {
    const auto action = fails_with(EPERM);
    rules.add_all(needless_calls, action);
    rules.add_all(spawner_calls, action);
    rules.add_all(execution_calls, action);
    if (!is_sanitized) rules.add_all(tracing_calls, action);
    refuse_bpf(rules, action);
    rules.add("clone3", fails_with(ENOSYS));
    refuse_namespaces(rules);
    refuse_terminal_input(rules);
  });
  if (!program) return tl::unexpected(program.error());
  return SeccompFilter(std::move(*program), false);
}

tl::expected<SeccompFilter, SystemError> SeccompFilter::make_for_spawner() {
  // Without a tracer: ENOSYS. A notification of the programs' own filter takes precedence over
  // that, which it would not over an errno.
  auto program = make_program(false, [](RuleSet& rules) {
    rules.add_all(needless_calls, SCMP_ACT_TRACE(0));
    rules.add_all(bpf_calls, SCMP_ACT_TRACE(0));
    rules.add_all(tracing_calls, SCMP_ACT_TRACE(0));
  });
  if (!program) return tl::unexpected(program.error());
  return SeccompFilter(std::move(*program), false);
}

bool SeccompFilter::install_on_all_threads() const {
  const sock_fprog program{static_cast<unsigned short>(program_.size()),
                           const_cast<sock_filter*>(program_.data())};
  const long result =
      syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
  if (result > 0) errno = EBUSY;  // a thread that has another filter
  return result == 0;
}

int SeccompFilter::install() const {
  const sock_fprog program{static_cast<unsigned short>(program_.size()),
                           const_cast<sock_filter*>(program_.data())};
  const auto install_with = [&program](unsigned long flags) {
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
  };
  const unsigned long flags = notifies_ ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0;
  // A signal that a program handles then interrupts no call that the watcher has read.
  long result = notifies_ ? install_with(flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV) : -1;
  if (result < 0) result = install_with(flags);  // before Linux 5.19
  if (result < 0) return -2;
  return notifies_ ? static_cast<int>(result) : -1;
}

}  // namespace apiary
