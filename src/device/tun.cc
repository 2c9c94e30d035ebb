#include "device/tun.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace apiary {
namespace {

constexpr std::size_t tun_mtu_bytes = 1500;

ifreq request_for(const std::string& name) {
  ifreq request{};
  std::copy(name.begin(), name.end(), request.ifr_name);
  return request;
}

/// Sets the MTU and brings the interface up.
bool bring_up(const std::string& name) {
  const FileDescriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request = request_for(name);
  request.ifr_mtu = static_cast<int>(tun_mtu_bytes);
  if (ioctl(socket.get(), SIOCSIFMTU, &request) != 0) return false;
  request = request_for(name);
  if (ioctl(socket.get(), SIOCGIFFLAGS, &request) != 0) return false;
  request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
  return ioctl(socket.get(), SIOCSIFFLAGS, &request) == 0;
}

bool is_ipv4(Bytes packet) { return !packet.empty() && packet[0] >> 4 == 4; }

}  // namespace

Tun::Tun(std::string name, std::size_t mtu_bytes, FileDescriptor file, RouteSet routes)
    : name_(std::move(name)),
      mtu_bytes_(mtu_bytes),
      file_(std::move(file)),
      routes_(std::move(routes)),
      buffer_(65'536) {
  batch_.reserve(max_batch_packets);
}

tl::expected<std::unique_ptr<Device>, SystemError> Tun::open(std::string_view name_text,
                                                             const AddressSet& claimed) {
  std::string name(name_text);
  if (name.empty() || name.size() >= IFNAMSIZ)
    return tl::unexpected(SystemError{
        fmt::format("tun:{}: a name of 1 to {} characters is needed", name, IFNAMSIZ - 1)});
  const auto fail = [&](std::string_view what) {
    return tl::unexpected(last_privileged_error(fmt::format("tun:{}: {}", name, what)));
  };

  FileDescriptor file(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!file) return fail("opening /dev/net/tun");
  ifreq request = request_for(name);
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  if (ioctl(file.get(), TUNSETIFF, &request) != 0) return fail("making the interface");
  if (!bring_up(name)) return fail("bringing the interface up");
  auto netlink = Netlink::open();
  if (!netlink) return tl::unexpected(netlink.error());
  RouteSet routes(std::move(*netlink),
                  {.interface = static_cast<int>(if_nametoindex(name.c_str()))});
  if (const auto routed = routes.change_to(claimed); !routed) return tl::unexpected(routed.error());
  return std::unique_ptr<Device>(
      new Tun(std::move(name), tun_mtu_bytes, std::move(file), std::move(routes)));
}

tl::expected<std::span<const ReceivedFrame>, SystemError> Tun::receive() {
  batch_.clear();
  packets_.clear();
  while (batch_.size() < max_batch_packets) {
    const ssize_t size = read(file_.get(), buffer_.data(), buffer_.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) break;
    if (size < 0) {
      if (!batch_.empty()) break;  // first what has come; the trouble will be there again
      return tl::unexpected(last_privileged_error(fmt::format("receiving from {}", name_)));
    }
    const Bytes packet = Bytes(buffer_).first(static_cast<std::size_t>(size));
    if (is_ipv4(packet)) batch_.push_back({packets_.copy(packet)});  // the kernel tries IPv6, too
  }
  return batch_;
}

tl::expected<void, SystemError> Tun::claim(const Reception& reception) {
  return routes_.change_to(reception.addresses);
}

std::size_t Tun::transmit(std::span<const Packet> packets) {
  std::size_t sent = 0;
  while (sent < packets.size()) {
    const Bytes bytes = packets[sent].bytes();
    if (write(file_.get(), bytes.data(), bytes.size()) >= 0) {
      ++sent;
    } else if (errno == EAGAIN || errno == ENOBUFS || errno == EIO) {
      return sent;
    } else if (errno != EINTR) {
      ++counters_.skipped;
      ++sent;
    }
  }
  return sent;
}

}  // namespace apiary
