#include "sandbox/listening_sockets.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <string>

namespace apiary {
namespace {

// Of one server; what it has beyond these is not shown.
constexpr std::size_t max_ports = 256;
// What is read of one table. Listening sockets come first in those of TCP.
constexpr std::size_t max_table_bytes = 1 << 18;
constexpr std::chrono::seconds settle_time{3};

// States of the tables, as in the kernel's tcp_states.h.
constexpr std::string_view tcp_listen = "0A", udp_unconnected = "07";

std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(word.size());
  return word;
}

constexpr bool is_little_endian = std::endian::native == std::endian::little;
constexpr std::string_view v6_loopback =
    is_little_endian ? "00000000000000000000000001000000" : "00000000000000000000000000000001";
constexpr std::string_view v4_mapped =
    is_little_endian ? "0000000000000000FFFF0000" : "00000000000000000000FFFF";

/// Addresses are one or four words, in the machine's order, hexadecimal.
bool is_loopback(std::string_view address) {
  if (address.size() == 8)
    return is_little_endian ? address.ends_with("7F") : address.starts_with("7F");
  return address == v6_loopback ||
         (address.starts_with(v4_mapped) && is_loopback(address.substr(v4_mapped.size())));
}

std::string read_whole(const FileDescriptor& file) {
  std::string text(max_table_bytes, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t part =
        pread(file.get(), text.data() + size, text.size() - size, static_cast<off_t>(size));
    if (part <= 0) break;
    size += static_cast<std::size_t>(part);
  }
  text.resize(size);
  return text;
}

}  // namespace

std::set<ServerPort> listening_ports(std::string_view table, IpProtocol protocol,
                                     std::size_t limit) {
  std::set<ServerPort> ports;
  table.remove_prefix(std::min(table.find('\n'), table.size()));  // the headings
  while (!table.empty() && ports.size() < limit) {
    table.remove_prefix(1);
    std::string_view line = table.substr(0, table.find('\n'));
    table.remove_prefix(line.size());
    take_word(line);  // its number
    const std::string_view local = take_word(line);
    take_word(line);  // the peer
    const std::string_view state = take_word(line);
    if (state != (protocol == IpProtocol::tcp ? tcp_listen : udp_unconnected)) continue;
    const std::size_t colon = local.find(':');
    std::uint16_t number = 0;
    if (colon == local.npos || is_loopback(local.substr(0, colon)) ||
        std::from_chars(local.data() + colon + 1, local.data() + local.size(), number, 16).ec !=
            std::errc{})
      continue;
    ports.insert({protocol, Port{number}});
  }
  return ports;
}

bool ListeningSockets::open() {
  for (const auto& [path, protocol] : {std::pair{"/proc/self/net/tcp", IpProtocol::tcp},
                                       std::pair{"/proc/self/net/udp", IpProtocol::udp},
                                       std::pair{"/proc/self/net/tcp6", IpProtocol::tcp},
                                       std::pair{"/proc/self/net/udp6", IpProtocol::udp}}) {
    FileDescriptor file(::open(path, O_RDONLY | O_CLOEXEC));
    // A kernel without IPv6 has no tables of it.
    if (!file && !std::string_view(path).ends_with('6')) return false;
    if (file) tables_.push_back({std::move(file), protocol});
  }
  return true;
}

std::vector<PortChange> ListeningSockets::changes(Clock::time_point now) {
  std::set<ServerPort> bound;
  for (const Table& table : tables_)
    bound.merge(listening_ports(read_whole(table.file), table.protocol, max_ports));
  std::erase_if(seen_, [&](const auto& entry) { return !bound.contains(entry.first); });
  std::vector<PortChange> changed;
  for (const ServerPort& port : bound) {
    const auto since = seen_.try_emplace(port, now).first->second;
    const bool may_be_client = port.protocol == IpProtocol::udp && port.port.number >= 1024;
    if (may_be_client && now - since < settle_time) continue;
    if (ports_.size() < max_ports && ports_.insert(port).second) changed.push_back({port, true});
  }
  for (auto port = ports_.begin(); port != ports_.end();)
    if (bound.contains(*port)) {
      ++port;
    } else {
      changed.push_back({*port, false});
      port = ports_.erase(port);
    }
  return changed;
}

}  // namespace apiary
