#include "sandbox/attempt_watcher.h"

#include <netinet/in.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>

#include "sandbox/seccomp_filter.h"

namespace apiary {
namespace {

// Of a program that exceeds its pace: so long that calls are answered in groups.
constexpr std::chrono::milliseconds pace_pause{20};

std::string name_of_call(int number) {
  const std::unique_ptr<char, decltype(&std::free)> name(
      seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number), std::free);
  return name ? name.get() : std::to_string(number);
}

/// The Internet address at `place` in the memory of a process.
std::optional<Endpoint> read_endpoint(pid_t process, std::uint64_t place, std::uint64_t size) {
  sockaddr_storage address{};
  iovec here{&address, std::min<std::size_t>(size, sizeof address)};
  iovec there{reinterpret_cast<void*>(place), here.iov_len};
  if (process_vm_readv(process, &here, 1, &there, 1, 0) <= 0) return {};
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    return Endpoint{IpAddress::v4(ntohl(v4.sin_addr.s_addr)), Port{ntohs(v4.sin_port)}};
  }
  if (address.ss_family != AF_INET6) return {};
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
  std::array<std::uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  return Endpoint{IpAddress::from_bytes(bytes), Port{ntohs(v6.sin6_port)}};
}

}  // namespace

AttemptWatcher::AttemptWatcher(FileDescriptor listener, FileUser user, RateLimiter pace)
    : listener_(std::move(listener)), user_(user), pace_(pace) {
  seccomp_notif_sizes sizes{};
  syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0U, &sizes);
  call_.resize(std::max<std::size_t>(sizes.seccomp_notif, sizeof(seccomp_notif)));
  answer_.resize(std::max<std::size_t>(sizes.seccomp_notif_resp, sizeof(seccomp_notif_resp)));
}

std::optional<Attempt> AttemptWatcher::read(Clock::time_point now) {
  std::ranges::fill(call_, std::byte{});
  if (ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_RECV, call_.data()) != 0) {
    if (errno != EINTR && errno != ENOENT) listener_.close();
    return {};
  }
  if (!pace_.take(Instant{now.time_since_epoch()})) next_ = now + pace_pause;
  seccomp_notif call{};
  std::memcpy(&call, call_.data(), sizeof call);
  return decide(call);
}

std::optional<Attempt> AttemptWatcher::decide(const seccomp_notif& call) {
  const auto process = static_cast<pid_t>(call.pid);
  const int number = call.data.nr;
  if (number == SYS_setsid) {
    answer(call, process, 0, 0);
    return {};
  }
  Attempt attempt{.call = name_of_call(number)};
  const bool connects = number == SYS_connect, sends = number == SYS_sendto;
  if (connects) attempt.target = read_endpoint(process, call.data.args[1], call.data.args[2]);
  if (sends) attempt.target = read_endpoint(process, call.data.args[4], call.data.args[5]);
  if (connects || sends) {
    attempt.kind = AttemptKind::message;
    answer(call, 0, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
    return attempt.target ? std::optional(attempt) : std::nullopt;  // else a Unix socket
  }
  if (is_file_call(attempt.call)) {
    const auto file = read_file_call(call, attempt.call, process);
    const bool is_reported = file && is_refused(*file, user_);
    answer(call, 0, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
    if (!is_reported) return {};
    attempt.path = file->path;
    attempt.kind = file->use == FileUse::read ? AttemptKind::read_file : AttemptKind::change_file;
    return attempt;
  }
  answer(call, 0, number == SYS_socket ? EAFNOSUPPORT : EPERM, 0);
  return attempt;
}

void AttemptWatcher::answer(const seccomp_notif& call, std::int64_t value, int error,
                            unsigned flags) {
  seccomp_notif_resp response{.id = call.id, .val = value, .error = -error, .flags = flags};
  std::ranges::fill(answer_, std::byte{});
  std::memcpy(answer_.data(), &response, sizeof response);
  ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_SEND, answer_.data());
}

}  // namespace apiary
