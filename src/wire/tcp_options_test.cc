#include "wire/tcp_options.h"

#include <gtest/gtest.h>

#include "wire/describe.h"
#include "wire/testing/test_bytes.h"

namespace apiary {
namespace {

/// What was understood, in one line.
std::string meaning(const TcpOptions& options) {
  std::string text;
  if (options.mss) text += "mss " + std::to_string(*options.mss) + " ";
  if (options.window_scale) text += "wscale " + std::to_string(*options.window_scale) + " ";
  if (options.sack_permitted) text += "sackOK ";
  if (options.timestamps)
    text += "TS " + std::to_string(options.timestamps->value) + "/" +
            std::to_string(options.timestamps->echo_reply) + " ";
  for (std::size_t i = 0; i < options.sack_block_count; ++i)
    text += "sack " + std::to_string(options.sack_blocks[i].start.value) + ":" +
            std::to_string(options.sack_blocks[i].end.value) + " ";
  return text;
}

TEST(ParseTcpOptions, reads_as_far_as_possible) {
  struct Case {
    const char* name;
    std::string_view bytes, expected;
  };
  for (const Case& c : {
           Case{"none", "", ""},
           Case{"of a usual SYN", "020405b4 0402 080a 00000001 00000000 01 030307",
                "mss 1460 wscale 7 sackOK TS 1/0 "},
           Case{"behind the end mark nothing counts", "00 020405b4", ""},
           Case{"unknown kinds are passed over", "0e03aa fd04aabb 020405b4", "mss 1460 "},
           Case{"length 0", "0200 05b4 0402", ""},
           Case{"length 1", "0201 05b4 0402", ""},
           Case{"length 255", "02ff 05b4 0402", ""},
           Case{"length past the end", "020405", ""},
           Case{"kind alone", "02", ""},
           Case{"before a wrong length all counts", "0402 0300", "sackOK "},
           Case{"mss of a wrong length is passed over", "0203 05 0402", "sackOK "},
           Case{"wscale of a wrong length is passed over", "0302 0402", "sackOK "},
           Case{"wscale above 14", "0303ff", "wscale 255 "},
           Case{"timestamps of a wrong length", "0806 00000001 0402", "sackOK "},
           Case{"sackOK of a wrong length", "0403 00", ""},
           Case{"the last of two counts", "02040100 02040200", "mss 512 "},
           Case{"one sack block", "050a 00000001 00000002", "sack 1:2 "},
           Case{"half a sack block", "0506 00000001", ""},
           Case{"more sack blocks than are kept",
                "052a 0000000100000002 0000000300000004 0000000500000006 0000000700000008 "
                "000000090000000a",
                "sack 1:2 sack 3:4 sack 5:6 sack 7:8 "},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(meaning(parse_tcp_options(from_hex(c.bytes))), c.expected);
  }
}

TEST(TcpOptionBytes, are_read_back_as_they_were_put) {
  TcpOptionBytes options;
  options.put_mss(1460);
  options.put_sack_permitted();
  options.put_timestamps({7, 9});
  options.put_nop();
  options.put_window_scale(7);
  EXPECT_EQ(describe_tcp_options(options.bytes()), "mss 1460,sackOK,TS val 7 ecr 9,nop,wscale 7");
  EXPECT_EQ(options.size(), 20u);
  options.put_nop();
  options.pad();
  EXPECT_EQ(options.size(), 24u);
  EXPECT_EQ(options.bytes().back(), tcp_option::end);
}

TEST(TcpOptionBytes, leave_out_whole_what_does_not_fit) {
  TcpOptionBytes options;
  for (int i = 0; i < 37; ++i) options.put_nop();
  options.put_timestamps({1, 2});
  options.put_mss(1460);
  EXPECT_EQ(options.size(), 37u);
  options.put_window_scale(1);
  EXPECT_EQ(options.room(), 0u);
  options.put_nop();
  options.put_sack_permitted();
  EXPECT_EQ(options.size(), 40u);
}

TEST(TcpOptionBytes, hold_as_many_sack_blocks_as_fit) {
  const SackBlock blocks[] = {{{1}, {2}}, {{3}, {4}}, {{5}, {6}}, {{7}, {8}}, {{9}, {10}}};
  TcpOptionBytes alone;
  alone.put_sack(blocks);
  EXPECT_EQ(describe_tcp_options(alone.bytes()), "sack 1:2 3:4 5:6 7:8");

  TcpOptionBytes with_timestamps;
  with_timestamps.put_nop();
  with_timestamps.put_nop();
  with_timestamps.put_timestamps({1, 2});
  with_timestamps.put_sack(blocks);
  EXPECT_EQ(describe_tcp_options(with_timestamps.bytes()),
            "nop,nop,TS val 1 ecr 2,sack 1:2 3:4 5:6");

  TcpOptionBytes empty;
  empty.put_sack({});
  EXPECT_EQ(empty.size(), 0u);
}

TEST(TcpOptionBytes, lower_the_mss_alone) {
  struct Case {
    const char* name;
    std::uint16_t most;
    std::string expected;
  };
  for (const Case& c : {Case{"larger", 1500, "nop,mss 1460,sackOK,TS val 7 ecr 9"},
                        Case{"smaller", 1160, "nop,mss 1160,sackOK,TS val 7 ecr 9"}}) {
    SCOPED_TRACE(c.name);
    TcpOptionBytes options;
    options.put_nop();
    options.put_mss(1460);
    options.put_sack_permitted();
    options.put_timestamps({7, 9});
    options.lower_mss(c.most);
    EXPECT_EQ(describe_tcp_options(options.bytes()), c.expected);
  }
  TcpOptionBytes none;
  none.put_sack_permitted();
  none.lower_mss(100);
  EXPECT_EQ(describe_tcp_options(none.bytes()), "sackOK");
}

}  // namespace
}  // namespace apiary
