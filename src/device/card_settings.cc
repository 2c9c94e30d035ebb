#include "device/card_settings.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "posix/file_descriptor.h"

namespace apiary {
namespace {

/// ioctl(SIOCETHTOOL). False: see errno.
template <class Question>
bool ask(const std::string& interface, Question& question) {
  const FileDescriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::strncpy(request.ifr_name, interface.c_str(), IFNAMSIZ - 1);
  request.ifr_data = reinterpret_cast<char*>(&question);
  return socket && ioctl(socket.get(), SIOCETHTOOL, &request) == 0;
}

}  // namespace

unsigned receive_queues(const std::string& interface) {
  ethtool_channels channels{};
  channels.cmd = ETHTOOL_GCHANNELS;
  if (!ask(interface, channels)) return 1;
  return std::max(channels.rx_count + channels.combined_count, 1U);
}

bool removes_vlan_tags(const std::string& interface) {
  ethtool_value flags{};
  flags.cmd = ETHTOOL_GFLAGS;
  return ask(interface, flags) && (flags.data & ETH_FLAG_RXVLAN) != 0;
}

}  // namespace apiary
