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
        Case{"", {DeviceType::ethernet, ""}}}) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(parse_device_spec(c.text), c.spec);
    EXPECT_EQ(to_string(c.spec), c.text);
  }
}

}  // namespace
}  // namespace apiary
