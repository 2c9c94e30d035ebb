#include "sink/pcapng.h"

#include <gtest/gtest.h>
#include <pcap/pcap.h>

#include <cstdio>
#include <memory>
#include <vector>

namespace apiary {
namespace {

struct Close {
  void operator()(pcap_t* file) const { pcap_close(file); }
};

/// libpcap reads what is in `text`.
std::unique_ptr<pcap_t, Close> read_back(std::string& text) {
  char error[PCAP_ERRBUF_SIZE] = {};
  std::FILE* const file = fmemopen(text.data(), text.size(), "rb");
  std::unique_ptr<pcap_t, Close> capture(
      pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, error));
  EXPECT_NE(capture, nullptr) << error;
  return capture;
}

TEST(Pcapng, IsReadBackByLibpcap) {
  std::string file;
  append_section_header(file, "Apiary test");
  append_interface(file, "eth0", LinkLayer::ethernet);
  const Instant at{seconds{1'700'000'000} + nanoseconds{123'456'789}};
  std::vector<std::vector<std::uint8_t>> frames;
  for (std::size_t size : {14U, 15U, 16U, 17U, 1'514U}) {  // all paddings
    frames.emplace_back(size, static_cast<std::uint8_t>(size));
    append_packet(file, {.at = at, .bytes = frames.back(), .comment = "dropped: it was odd"});
  }
  const auto capture = read_back(file);
  ASSERT_NE(capture, nullptr);
  EXPECT_EQ(pcap_datalink(capture.get()), DLT_EN10MB);
  pcap_pkthdr* header = nullptr;
  const u_char* data = nullptr;
  for (const auto& frame : frames) {
    ASSERT_EQ(pcap_next_ex(capture.get(), &header, &data), 1);
    EXPECT_EQ(std::vector<std::uint8_t>(data, data + header->caplen), frame);
    EXPECT_EQ(header->len, frame.size());
    EXPECT_EQ(header->ts.tv_sec, 1'700'000'000);
    EXPECT_EQ(header->ts.tv_usec, 123'456'789);
  }
  EXPECT_EQ(pcap_next_ex(capture.get(), &header, &data), PCAP_ERROR_BREAK);
}

TEST(Pcapng, RawIpHasALinkTypeOfItsOwn) {
  std::string file;
  append_section_header(file, "Apiary test");
  append_interface(file, "tun0", LinkLayer::raw_ip);
  const auto capture = read_back(file);
  ASSERT_NE(capture, nullptr);
  EXPECT_EQ(pcap_datalink(capture.get()), DLT_RAW);
}

}  // namespace
}  // namespace apiary
