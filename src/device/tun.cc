#include "device/tun.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "device/link_monitor.h"

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

/// Explains why /dev/net/tun does not open.
SystemError no_tun_device(const std::string& name) {
  const SystemError error = last_system_error(fmt::format("tun:{}: opening /dev/net/tun", name));
  constexpr std::string_view hint =
      "the kernel has no TUN driver (modprobe tun), or the container or service lacks the device "
      "(docker run --device /dev/net/tun; DeviceAllow=/dev/net/tun rw)";
  return {fmt::format("{}: {}", to_string(error), hint), 0};
}

}  // namespace

Tun::Tun(std::string name, FileDescriptor file, RouteSet routes)
    : name_(std::move(name)),
      mtu_bytes_(tun_mtu_bytes),
      queue_(add_queue(std::make_unique<TunQueue>(name_, std::move(file)))),
      routes_(std::move(routes)) {}

tl::expected<std::unique_ptr<Device>, SystemError> Tun::open(std::string_view name_text,
                                                             const AddressSet& claimed,
                                                             std::size_t queues) {
  std::string name(name_text);
  if (name.empty() || name.size() >= IFNAMSIZ)
    return tl::unexpected(SystemError{
        fmt::format("tun:{}: the name must have 1 to {} characters", name, IFNAMSIZ - 1)});
  FileDescriptor file(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!file) return tl::unexpected(no_tun_device(name));
  const auto interface = create_interface(file, name);
  if (!interface) return tl::unexpected(interface.error());
  auto netlink = Netlink::open();
  if (!netlink) return tl::unexpected(netlink.error());
  RouteSet routes(std::move(*netlink), {.interface = *interface});
  if (const auto routed = routes.change_to(claimed); !routed) return tl::unexpected(routed.error());
  std::unique_ptr<Tun> device(new Tun(std::move(name), std::move(file), std::move(routes)));
  device->claimed_ = claimed;
  while (device->queues().size() < queues) {
    FileDescriptor copy(fcntl(device->queue_.file().get(), F_DUPFD_CLOEXEC, 0));
    if (!copy) return tl::unexpected(last_system_error(fmt::format("tun:{}", device->name_)));
    device->add_queue(std::make_unique<TunQueue>(device->name_, std::move(copy), false));
  }
  return device;
}

/// Creates the interface and attaches `file` to it. Returns its index.
tl::expected<int, SystemError> Tun::create_interface(const FileDescriptor& file,
                                                     const std::string& name) {
  const auto fail = [&](std::string_view what) {
    return tl::unexpected(last_privileged_error(fmt::format("tun:{}: {}", name, what)));
  };
  ifreq request = request_for(name);
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  if (ioctl(file.get(), TUNSETIFF, &request) != 0) return fail("creating the interface");
  if (!bring_up(name)) return fail("bringing the interface up");
  return static_cast<int>(if_nametoindex(name.c_str()));
}

tl::expected<void, SystemError> Tun::set_receive_filter(const ReceiveFilter& filter) {
  const std::lock_guard guard(mutex_);
  if (auto routed = routes_.change_to(filter.addresses); !routed) return routed;
  claimed_ = filter.addresses;
  return {};
}

tl::expected<Followed, SystemError> Tun::follow(const MachineNetwork& now) {
  const std::lock_guard guard(mutex_);
  ifreq present{};
  if (ioctl(queue_.file().get(), TUNGETIFF, &present) != 0) {  // its interface was removed
    const auto interface = create_interface(queue_.file(), name_);
    if (!interface) return tl::unexpected(interface.error());
    mtu_bytes_ = tun_mtu_bytes;
    if (auto routed = restore_route(*interface); !routed) return tl::unexpected(routed.error());
    return Followed{InterfaceState::up, true};
  }
  // It is ours even if somebody renamed it.
  const SeenLink* const link = now.find_link(std::string_view(present.ifr_name));
  if (link == nullptr) return Followed{InterfaceState::up};  // created after `now` was read
  mtu_bytes_ = link->mtu_bytes;
  if (now.was_down(*link)) is_routed_ = false;
  if (!link->is_up) return Followed{InterfaceState::down};
  if (!is_routed_)
    if (auto routed = restore_route(link->index); !routed) return tl::unexpected(routed.error());
  return Followed{InterfaceState::up};
}

/// The kernel removes the routes of an interface that goes down.
tl::expected<void, SystemError> Tun::restore_route(int interface) {
  routes_.reset(interface);
  const auto routed = routes_.change_to(claimed_);
  is_routed_ = routed.has_value();
  return routed;
}

}  // namespace apiary
