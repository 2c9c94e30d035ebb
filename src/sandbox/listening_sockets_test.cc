#include "sandbox/listening_sockets.h"

#include <gtest/gtest.h>

#include <bit>

namespace apiary {
namespace {

TEST(ListeningSockets, OnlySocketsThatTakeVisitorsPacketsCount) {
  if (std::endian::native != std::endian::little) GTEST_SKIP() << "addresses in another order";
  const std::string heading = "  sl  local_address rem_address   st tx_queue rx_queue\n";
  const std::string listening = " 00000000:0000 0A 00000000:00000000\n";
  const std::string tcp = heading + "   0: 00000000:0050" + listening + "   1: 0100007F:1F40" +
                          listening +                          // 127.0.0.1
                          "   2: 0500000A:01BB" + listening +  // 10.0.0.5
                          "   3: 0500000A:0050 010200C0:0FA0 01 00000000:00000000\n";
  EXPECT_EQ(listening_ports(tcp, IpProtocol::tcp, 99),
            (std::set<ServerPort>{ServerPort{IpProtocol::tcp, Port{80}},
                                  ServerPort{IpProtocol::tcp, Port{443}}}));
  EXPECT_EQ(listening_ports(tcp, IpProtocol::tcp, 1).size(), 1u);

  const std::string none = " 00000000000000000000000000000000:0000 0A 0:0\n";
  const std::string tcp6 = heading + "   0: 00000000000000000000000000000000:0016" + none +
                           "   1: 00000000000000000000000001000000:0017" + none +  // ::1
                           "   2: 0000000000000000FFFF00000100007F:0018" +
                           none;  // ::ffff:127.0.0.1
  EXPECT_EQ(listening_ports(tcp6, IpProtocol::tcp, 99),
            (std::set<ServerPort>{ServerPort{IpProtocol::tcp, Port{22}}}));

  const std::string udp = heading + "  7: 00000000:0035 00000000:0000 07 0:0\n" +
                          "  8: 0500000A:0045 010200C0:0035 01 0:0\n";  // a connected one
  EXPECT_EQ(listening_ports(udp, IpProtocol::udp, 99),
            (std::set<ServerPort>{ServerPort{IpProtocol::udp, Port{53}}}));

  for (const char* broken : {"", "\n", "heading", "heading\n\n", "heading\n 0: 1\n",
                             "heading\n 0: 00000000 0 0A\n", "heading\n 0: 00000000: 0 0A\n"})
    EXPECT_TRUE(listening_ports(broken, IpProtocol::tcp, 99).empty()) << broken;
}

}  // namespace
}  // namespace apiary
