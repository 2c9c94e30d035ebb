#include "device/daemon_registry.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <sstream>
#include <thread>

#include "posix/pass_descriptors.h"
#include "posix/system_error.h"

namespace apiary {
namespace {

constexpr std::chrono::milliseconds max_start_time{10'000};  // of another daemon, until it answers
constexpr std::chrono::milliseconds unknown_peer_time{300};  // of a process that may be no daemon
constexpr std::chrono::milliseconds lock_interval{20};
constexpr std::size_t max_text_bytes = 64 << 20;

/// An abstract name begins with a zero byte.
std::pair<sockaddr_un, socklen_t> abstract_address(const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  name.copy(address.sun_path + 1, sizeof address.sun_path - 1);
  return {address, static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size())};
}

std::string name_of_daemon(unsigned number) { return fmt::format("apiary/{}", number); }

/// Listens at an abstract name. Error: EADDRINUSE if another process does.
tl::expected<FileDescriptor, SystemError> listen_at_name(const std::string& name) {
  FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto [address, size] = abstract_address(name);
  if (!socket || bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      listen(socket.get(), SOMAXCONN) != 0)
    return tl::unexpected(last_system_error("listening at @" + name));
  return socket;
}

/// Connects to the process that listens at a name. Returns none if none does, or accepts nothing.
FileDescriptor connect_to_name(const std::string& name) {
  FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto [address, size] = abstract_address(name);
  if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0) return {};
  return socket;
}

ucred peer_of(const FileDescriptor& socket) {
  ucred peer{0, static_cast<uid_t>(-1), static_cast<gid_t>(-1)};
  socklen_t size = sizeof peer;
  (void)getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size);
  return peer;
}

/// Whether the listener may be a daemon by its user: root, or the same as ours.
bool has_trusted_user(const FileDescriptor& socket) {
  const uid_t user = peer_of(socket).uid;
  return user == 0 || user == geteuid();
}

/// A packet socket of this network namespace. Only a process that may be a daemon can open one.
FileDescriptor open_proof() {
  return FileDescriptor(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
}

std::uint64_t network_of(const FileDescriptor& socket) {
  std::uint64_t cookie = 0;  // 0 on older kernels
  socklen_t size = sizeof cookie;
  (void)getsockopt(socket.get(), SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size);
  return cookie;
}

bool is_proof(const FileDescriptor& proof, const FileDescriptor& socket) {
  int domain = 0;
  socklen_t size = sizeof domain;
  return proof && getsockopt(proof.get(), SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 &&
         domain == AF_PACKET && network_of(proof) == network_of(socket);
}

/// Names the listener.
std::string process_of(const FileDescriptor& socket) {
  const pid_t process = peer_of(socket).pid;
  return process <= 0 ? "in another container" : fmt::format("process {}", process);
}

/// A daemon's answer to a client: a file that lists its holdings, and perhaps a proof.
using Descriptors = std::array<FileDescriptor, 2>;

/// Returns the answer, if it arrives within `patience`.
Descriptors receive_answer(const FileDescriptor& socket, std::chrono::milliseconds patience) {
  pollfd readable{socket.get(), POLLIN, 0};
  if (poll(&readable, 1, static_cast<int>(patience.count())) != 1) return {};
  std::array<std::byte, 1> content{};
  auto received = receive_with_descriptors(socket.get(), content);
  Descriptors answer;
  for (std::size_t i = 0; i < std::min(answer.size(), received.descriptors.size()); ++i)
    answer[i] = std::move(received.descriptors[i]);
  return answer;
}

/// `proof` may be none.
void send_answer(const FileDescriptor& socket, const FileDescriptor& held,
                 const FileDescriptor& proof) {
  constexpr std::array<std::byte, 1> content{};
  const std::array<int, 2> descriptors{held.get(), proof.get()};
  // A client that hangs up needs no answer.
  (void)send_with_descriptors(socket.get(), content, std::span(descriptors).first(proof ? 2 : 1),
                              MSG_DONTWAIT);
}

/// "eth0 10.0.0.0/8, 192.0.2.5", a line for each holding.
std::string holdings_text(const std::vector<Holding>& holdings) {
  std::string text;
  for (const Holding& holding : holdings)
    text += holding.interface + ' ' + to_string(holding.addresses) + '\n';
  return text;
}

std::vector<Holding> parse_holdings(const std::string& text) {
  std::vector<Holding> holdings;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    Holding holding;
    words >> holding.interface;
    for (std::string word; words >> word;) {
      if (word.ends_with(',')) word.pop_back();
      if (const auto range = parse_address_range(word)) holding.addresses.add(*range);
    }
    holdings.push_back(std::move(holding));
  }
  return holdings;
}

FileDescriptor file_in_memory(const std::string& text) {
  FileDescriptor file(memfd_create("apiary holdings", MFD_CLOEXEC));
  for (std::size_t written = 0; file && written < text.size();) {
    const ssize_t size = write(file.get(), text.data() + written, text.size() - written);
    if (size <= 0) return {};
    written += static_cast<std::size_t>(size);
  }
  return file;
}

std::optional<std::string> read_file_in_memory(const FileDescriptor& file) {
  struct stat about {};
  if (!file || fstat(file.get(), &about) != 0 || !S_ISREG(about.st_mode) || about.st_size < 0 ||
      static_cast<std::size_t>(about.st_size) > max_text_bytes)
    return {};
  std::string text(static_cast<std::size_t>(about.st_size), '\0');
  const ssize_t size = pread(file.get(), text.data(), text.size(), 0);
  if (size < 0) return {};
  text.resize(static_cast<std::size_t>(size));
  return text;
}

/// A sentence if the daemon with `number` holds some of `wanted`. Nothing if it does not, or if the
/// process with that name is no daemon.
std::optional<std::string> conflict_with(unsigned number, const std::vector<Holding>& wanted) {
  const FileDescriptor socket = connect_to_name(name_of_daemon(number));
  if (!socket) return {};
  const bool is_ours = has_trusted_user(socket);
  const auto [held, proof] = receive_answer(socket, is_ours ? max_start_time : unknown_peer_time);
  if (!is_ours && !is_proof(proof, socket)) return {};
  const auto text = read_file_in_memory(held);
  if (!text)
    return fmt::format(
        "another apiary ({}) does not report its addresses: it is starting, or hangs. Try again, "
        "or end it",
        process_of(socket));
  for (const Holding& theirs : parse_holdings(*text))
    for (const Holding& ours : wanted) {
      if (ours.interface != theirs.interface) continue;
      const AddressSet both = common(ours.addresses, theirs.addresses);
      if (both.empty()) continue;
      AddressSet first;  // there may be very many
      first.add(both.ranges().front());
      return fmt::format(
          "another apiary ({}) already answers for {}{} on {}: end it, or choose other addresses "
          "for one of them",
          process_of(socket), to_string(first), both.ranges().size() > 1 ? " and others" : "",
          ours.interface);
    }
  return {};
}

/// Takes the lock under which one daemon at a time reads the holdings of the others and adds its
/// own. Returns an empty descriptor if a process that may be no daemon keeps the lock: ignore it.
tl::expected<FileDescriptor, std::string> take_lock() {
  const std::string name = "apiary/lock";
  const auto began = std::chrono::steady_clock::now();
  while (true) {
    auto lock = listen_at_name(name);
    if (lock) return std::move(*lock);
    if (lock.error().number != EADDRINUSE) return tl::unexpected(to_string(lock.error()));
    const auto waited = std::chrono::steady_clock::now() - began;
    const FileDescriptor holder = connect_to_name(name);
    if (waited >= unknown_peer_time && !has_trusted_user(holder)) return FileDescriptor();
    if (waited >= max_start_time)
      return tl::unexpected(
          fmt::format("another apiary ({}) is starting and hangs: end it", process_of(holder)));
    std::this_thread::sleep_for(lock_interval);
  }
}

}  // namespace

tl::expected<std::unique_ptr<DaemonRegistry>, std::string> DaemonRegistry::join(
    const std::vector<Holding>& holdings) {
  const auto lock = take_lock();
  if (!lock) return tl::unexpected(lock.error());
  for (unsigned number = 1; number <= max_number; ++number) {
    auto socket = listen_at_name(name_of_daemon(number));
    if (!socket && socket.error().number == EADDRINUSE) continue;
    if (!socket) return tl::unexpected(to_string(socket.error()));
    std::unique_ptr<DaemonRegistry> registry(
        new DaemonRegistry(number, std::move(*socket), open_proof()));
    if (auto held = registry->hold(holdings); !held) return tl::unexpected(held.error());
    return registry;
  }
  for (unsigned number = 1; number <= max_number; ++number)
    if (const FileDescriptor socket = connect_to_name(name_of_daemon(number));
        socket && !has_trusted_user(socket))
      return tl::unexpected(fmt::format(
          "{} of user {} keeps names of apiary's (@{} in /proc/net/unix), so that none is "
          "left: end it",
          process_of(socket), peer_of(socket).uid, name_of_daemon(number)));
  return tl::unexpected(fmt::format("{} daemons run here, which is the maximum", max_number));
}

tl::expected<void, std::string> DaemonRegistry::change_to(const std::vector<Holding>& holdings) {
  const auto lock = take_lock();
  if (!lock) return tl::unexpected(lock.error());
  return hold(holdings);
}

/// REQUIRES: the lock is ours.
tl::expected<void, std::string> DaemonRegistry::hold(const std::vector<Holding>& holdings) {
  for (unsigned number = 1; number <= max_number; ++number)
    if (number != number_)
      if (auto conflict = conflict_with(number, holdings))
        return tl::unexpected(std::move(*conflict));
  FileDescriptor file = file_in_memory(holdings_text(holdings));
  if (!file) return tl::unexpected(to_string(last_system_error("creating a file in memory")));
  const std::lock_guard guard(mutex_);
  held_ = std::move(file);
  return {};
}

bool DaemonRegistry::is_alive(unsigned number) {
  FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto [address, size] = abstract_address(name_of_daemon(number));
  return connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0 ||
         errno != ECONNREFUSED;
}

void DaemonRegistry::answer() {
  while (true) {
    const FileDescriptor client(accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!client) return;
    const std::lock_guard guard(mutex_);
    send_answer(client, held_, proof_);
  }
}

}  // namespace apiary
