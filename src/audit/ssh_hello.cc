#include "audit/ssh_hello.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <vector>

#include "base/ascii.h"

namespace apiary {
namespace {

/// An algorithm that OpenSSH offers by default between two versions, by its release notes.
struct OfferedAlgorithm {
  std::size_t list;  // of SSH_MSG_KEXINIT: 0 key exchange, 1 host keys, 2 ciphers to the server
  std::string_view name;
  double from, before;  // versions
};
constexpr std::array<OfferedAlgorithm, 5> offered{{
    {0, "curve25519-sha256@libssh.org", 6.5, 100},
    {2, "chacha20-poly1305@openssh.com", 6.5, 100},
    {0, "curve25519-sha256", 7.4, 100},
    {0, "sntrup761x25519-sha512@openssh.com", 8.5, 100},
    {2, "arcfour", 2, 6.7},
}};

std::uint32_t word_at(std::string_view bytes, std::size_t at) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < 4; ++i) word = word << 8 | static_cast<unsigned char>(bytes[at + i]);
  return word;
}

/// The name lists of SSH_MSG_KEXINIT; nothing if `packet` is none.
std::optional<std::vector<std::string>> read_kexinit(std::string_view packet) {
  constexpr std::size_t head = 4 + 1 + 1 + 16;  // length, padding, type, cookie
  constexpr char kexinit = 20;
  constexpr std::size_t lists = 10;
  if (packet.size() < head || packet[5] != kexinit) return {};
  std::vector<std::string> names;
  for (std::size_t at = head; names.size() < lists;) {
    if (at + 4 > packet.size()) return {};
    const std::size_t size = word_at(packet, at);
    if (size > packet.size() - at - 4) return {};
    names.emplace_back(packet.substr(at + 4, size));
    at += 4 + size;
  }
  return names;
}

bool lists_name(std::string_view list, std::string_view name) {
  const std::string all = fmt::format(",{},", list);
  return all.find(fmt::format(",{},", name)) != all.npos;
}

/// "9.2" of "OpenSSH_9.2p1"; nothing if it is not OpenSSH.
std::optional<double> openssh_version(std::string_view line) {
  constexpr std::string_view product = "OpenSSH_";
  const std::size_t at = line.find(product);
  if (at == line.npos || line.find("Windows") != line.npos) return {};
  double version = 0;
  std::string_view rest = line.substr(at + product.size());
  while (!rest.empty() && is_digit(rest.front())) {
    version = version * 10 + (rest.front() - '0');
    rest.remove_prefix(1);
  }
  if (rest.size() > 1 && rest.front() == '.' && is_digit(rest[1]))
    version += (rest[1] - '0') / 10.0;
  return version;
}

}  // namespace

std::string problem_of_ssh_hello(std::string_view said) {
  const std::size_t end = said.find('\n');
  if (end == said.npos) return "its version has no end of line";
  const std::string_view line = said.substr(0, end);
  const auto lists = read_kexinit(said.substr(end + 1));
  if (!lists) return "an SSH version without a key exchange";
  const auto version = openssh_version(line);
  if (!version) return {};
  for (const OfferedAlgorithm& algorithm : offered) {
    const bool is_due = *version >= algorithm.from - 0.01 && *version < algorithm.before - 0.01;
    const bool has = lists_name((*lists)[algorithm.list], algorithm.name);
    if (is_due && !has && algorithm.before > 99)
      return fmt::format("OpenSSH {:.1f} offers {}, this server does not", *version,
                         algorithm.name);
    if (has && *version < algorithm.from - 0.01)
      return fmt::format("it offers {}, OpenSSH {:.1f} does not have it", algorithm.name, *version);
  }
  return {};
}

}  // namespace apiary
