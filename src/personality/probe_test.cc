#include "personality/probe.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

using namespace tcp_flag;

TEST(ProbeTest, EverySegmentIsOfOneKind) {
  using enum ProbeKind;
  struct Case {
    const char* name;
    int flags;
    ProbeKind at_open, at_closed;
  };
  for (const Case& c : {
           Case{"SYN", tcp_flag::syn, ProbeKind::syn, t5},
           Case{"SYN with ECE alone", tcp_flag::syn | ece, ProbeKind::syn, t5},
           Case{"SYN offering ECN", tcp_flag::syn | ece | cwr, ecn_syn, t5},
           Case{"no flags", 0, t2, t7},
           Case{"FIN", fin, t2, t7},
           Case{"SYN and FIN", tcp_flag::syn | fin, t3, t5},
           Case{"SYN and FIN and more", tcp_flag::syn | fin | urg | psh, t3, t5},
           Case{"ACK", ack, t4, t6},
           Case{"SYN and ACK", tcp_flag::syn | ack, t4, t6},
           Case{"FIN, PSH and URG", fin | psh | urg, t2, t7},
       }) {
    SCOPED_TRACE(c.name);
    TcpSegment segment;
    segment.flags = static_cast<std::uint8_t>(c.flags);
    EXPECT_EQ(probe_kind(segment, PortState::open), c.at_open);
    EXPECT_EQ(probe_kind(segment, PortState::closed), c.at_closed);
  }
}

}  // namespace
}  // namespace apiary
