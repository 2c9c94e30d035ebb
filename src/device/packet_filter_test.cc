#include "device/packet_filter.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <string>

#include "base/random.h"
#include "posix/file_descriptor.h"

namespace apiary {
namespace {

AddressSet set_of(std::initializer_list<std::string_view> texts) {
  AddressSet set;
  for (const std::string_view text : texts) set.add(*parse_address_range(text));
  return set;
}

/// Runs a filter in the kernel, on a pair of connected sockets. The filter sees untagged packets to
/// this machine.
class Kernel {
 public:
  explicit Kernel(std::vector<sock_filter> program) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair) != 0) return;
    in_ = FileDescriptor(pair[0]);
    out_ = FileDescriptor(pair[1]);
    const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
    attached_ = setsockopt(pair[1], SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) == 0;
  }
  bool attached() const { return attached_; }

  bool accepts(std::uint16_t ether_type, const IpAddress& destination, std::size_t size = 60) {
    std::vector<std::uint8_t> frame(size);
    const std::uint32_t address = destination.v4_value();
    for (std::size_t i = 0; i < 2 && 12 + i < size; ++i)
      frame[12 + i] = static_cast<std::uint8_t>(ether_type >> (8 - 8 * i));
    for (std::size_t i = 0; i < 4 && 30 + i < size; ++i)
      frame[30 + i] = static_cast<std::uint8_t>(address >> (24 - 8 * i));
    return accepts(frame);
  }
  bool accepts(const std::vector<std::uint8_t>& frame) {
    std::vector<std::uint8_t> received(frame.size());
    (void)send(in_.get(), frame.data(), frame.size(), 0);
    return recv(out_.get(), received.data(), received.size(), 0) ==
           static_cast<ssize_t>(frame.size());
  }

 private:
  FileDescriptor in_, out_;
  bool attached_ = false;
};

constexpr std::uint16_t ipv4 = 0x0800, arp = 0x0806, ipv6 = 0x86dd;

TEST(PacketFilter, OneOfSeveralSocketsReceivesAPacketAndAllReceiveArp) {
  constexpr std::uint8_t counts[] = {2, 3, 8, 64};
  for (const std::uint8_t count : counts) {
    SCOPED_TRACE(int{count});
    std::vector<Kernel> kernels;
    for (std::uint8_t i = 0; i < count; ++i)
      kernels.emplace_back(build_packet_filter({set_of({"10.0.0.0/8"})}, {i, count}));
    Random random(count);
    for (int i = 0; i < 100; ++i) {
      const auto ours =
          IpAddress::v4(10U << 24 | static_cast<std::uint32_t>(random.below(1 << 24)));
      const std::size_t owner = ShardShare{0, count}.owner_of(ours);
      for (std::size_t k = 0; k < kernels.size(); ++k)
        EXPECT_EQ(kernels[k].accepts(ipv4, ours), k == owner) << to_string(ours);
    }
    for (Kernel& kernel : kernels) {
      EXPECT_TRUE(kernel.accepts(arp, IpAddress::v4(10, 0, 0, 1)));
      EXPECT_FALSE(kernel.accepts(ipv4, IpAddress::v4(11, 0, 0, 1)));
    }
  }
}

TEST(PacketFilter, ShardsGetEqualPartsOfAnyNetwork) {
  for (const std::uint32_t step : {1U, 2U, 16U, 256U, 65'536U}) {
    SCOPED_TRACE(step);
    std::vector<int> hosts(4);
    for (std::uint32_t i = 0; i < 256; ++i)
      ++hosts[ShardShare{0, 4}.owner_of(IpAddress::v4((10U << 24) + i * step))];
    for (const int count : hosts) EXPECT_NEAR(count, 64, 24);
  }
}

TEST(PacketFilter, AcceptsArpAndIpv4ForClaimedAddresses) {
  Kernel kernel(build_packet_filter(
      {set_of({"10.0.0.0/8", "192.0.2.5", "192.0.2.9-192.0.2.11", "255.255.255.254"})}));
  ASSERT_TRUE(kernel.attached());
  struct Case {
    const char* name;
    std::uint16_t ether_type;
    const char* destination;
    bool accepted;
  };
  for (const Case& c : {
           Case{"ARP, whatever it asks for", arp, "198.51.100.1", true},
           Case{"below the first prefix", ipv4, "9.255.255.255", false},
           Case{"first of a prefix", ipv4, "10.0.0.0", true},
           Case{"last of a prefix", ipv4, "10.255.255.255", true},
           Case{"after a prefix", ipv4, "11.0.0.0", false},
           Case{"one address", ipv4, "192.0.2.5", true},
           Case{"between ranges", ipv4, "192.0.2.8", false},
           Case{"first of a range", ipv4, "192.0.2.9", true},
           Case{"last of a range", ipv4, "192.0.2.11", true},
           Case{"after a range", ipv4, "192.0.2.12", false},
           Case{"the highest range", ipv4, "255.255.255.254", true},
           Case{"broadcast", ipv4, "255.255.255.255", false},
           Case{"another protocol with the same bytes", ipv6, "10.0.0.1", false},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(kernel.accepts(c.ether_type, *parse_ip_address(c.destination)), c.accepted);
  }
}

TEST(PacketFilter, AcceptsDhcpForAnyClient) {
  struct Case {
    const char* name;
    std::uint8_t header_words, protocol, fragment_offset;
    std::uint16_t port;
    bool accepted;
  };
  for (const bool dhcp : {true, false}) {
    Kernel kernel(build_packet_filter({.dhcp = dhcp}));
    ASSERT_TRUE(kernel.attached());
    for (const Case& c : {Case{"to a client", 5, 17, 0, 68, true},
                          Case{"with options in its header", 7, 17, 0, 68, true},
                          Case{"to a server", 5, 17, 0, 67, false}, Case{"TCP", 5, 6, 0, 68, false},
                          Case{"a later fragment", 5, 17, 1, 68, false}}) {
      SCOPED_TRACE(c.name);
      std::vector<std::uint8_t> frame(80);
      frame[12] = 0x08;
      frame[14] = static_cast<std::uint8_t>(0x40 | c.header_words);
      frame[21] = c.fragment_offset;
      frame[23] = c.protocol;
      frame[14U + 4U * c.header_words + 3U] = static_cast<std::uint8_t>(c.port);
      EXPECT_EQ(kernel.accepts(frame), c.accepted && dhcp);
    }
  }
}

TEST(PacketFilter, RejectsTruncatedFrames) {
  Kernel kernel(build_packet_filter({set_of({"0.0.0.0/0"})}));
  ASSERT_TRUE(kernel.attached());
  EXPECT_FALSE(kernel.accepts(ipv4, IpAddress::v4(10, 0, 0, 1), 33));
  EXPECT_TRUE(kernel.accepts(ipv4, IpAddress::v4(10, 0, 0, 1), 34));
}

TEST(PacketFilter, ClaimingNothingReceivesOnlyArp) {
  Kernel kernel(build_packet_filter({}));
  ASSERT_TRUE(kernel.attached());
  EXPECT_FALSE(kernel.accepts(ipv4, IpAddress::v4(10, 0, 0, 1)));
  EXPECT_TRUE(kernel.accepts(arp, IpAddress::v4(10, 0, 0, 1)));
}

TEST(PacketFilter, TheKernelAcceptsTheMaximumNumberOfRanges) {
  AddressSet many;
  for (std::uint32_t i = 0; i < max_filter_ranges; ++i)
    many.add(IpPrefix(IpAddress::v4(0x0a000000 + 4 * i), 31));
  Kernel kernel(build_packet_filter({many}));
  ASSERT_TRUE(kernel.attached());
  for (std::uint32_t i = 0; i < 4 * max_filter_ranges + 4; ++i) {
    const IpAddress address = IpAddress::v4(0x0a000000 + i);
    ASSERT_EQ(kernel.accepts(ipv4, address), many.contains(address)) << to_string(address);
  }
}

TEST(PacketFilter, TooManyRangesAreCoveredCoarsely) {
  Random random(1);
  AddressSet many;
  for (int i = 0; i < 5'000; ++i)
    many.add(IpPrefix(IpAddress::v4(static_cast<std::uint32_t>(random.next())), 32));
  Kernel kernel(build_packet_filter({many}));
  ASSERT_TRUE(kernel.attached());
  for (const AddressRange& range : many.ranges())
    ASSERT_TRUE(kernel.accepts(ipv4, range.first)) << to_string(range.first);
}

TEST(CoarserCover, KeepsTheWidestGaps) {
  const AddressSet set =
      set_of({"10.0.0.1", "10.0.0.3", "10.0.1.0/24", "172.16.0.1", "172.16.0.9"});
  EXPECT_EQ(to_string(coarser_cover(set, 5)), to_string(set));
  EXPECT_EQ(to_string(coarser_cover(set, 4)),
            "10.0.0.1-10.0.0.3, 10.0.1.0/24, 172.16.0.1, 172.16.0.9");
  EXPECT_EQ(to_string(coarser_cover(set, 2)), "10.0.0.1-10.0.1.255, 172.16.0.1-172.16.0.9");
  EXPECT_EQ(to_string(coarser_cover(set, 1)), "10.0.0.1-172.16.0.9");
}

}  // namespace
}  // namespace apiary
