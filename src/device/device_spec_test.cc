#include "device/device_spec.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

TEST(DeviceSpecTest, ReadsAndWritesWhatTheOptionNames) {
  struct Case {
    const char* text;
    DeviceSpec spec;
  };
  for (const Case& c :
       {Case{"eth0", {DeviceType::ethernet, "eth0"}}, Case{"tun:honey", {DeviceType::tun, "honey"}},
        Case{"tun:", {DeviceType::tun, ""}}, Case{"tun0", {DeviceType::ethernet, "tun0"}},
        Case{"TUN:honey", {DeviceType::ethernet, "TUN:honey"}},
        Case{"tun:tun:honey", {DeviceType::tun, "tun:honey"}},
        Case{"xdp:eth0", {DeviceType::ethernet, "eth0", EthernetIo::xdp}},
        Case{"xdp-generic:eth0", {DeviceType::ethernet, "eth0", EthernetIo::xdp_generic}},
        Case{"xdp", {DeviceType::ethernet, "xdp"}}, Case{"", {DeviceType::ethernet, ""}}}) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(parse_device_spec(c.text), c.spec);
    EXPECT_EQ(to_string(c.spec), c.text);
  }
}

TEST(DeviceSpecTest, TheIoOptionAppliesToNamesWithoutPrefix) {
  EXPECT_EQ(with_io("packet", "eth0"), "eth0");
  EXPECT_EQ(with_io("xdp", "eth0"), "xdp:eth0");
  EXPECT_EQ(with_io("xdp-generic", "eth0"), "xdp-generic:eth0");
  EXPECT_EQ(with_io("tun", "honey"), "tun:honey");
  EXPECT_EQ(with_io("xdp", "tun:honey"), "tun:honey");
  EXPECT_EQ(with_io("packet", "xdp:eth0"), "xdp:eth0");
}

}  // namespace
}  // namespace apiary
