#include "sink/capture.h"

#include <gtest/gtest.h>
#include <pcap/pcap.h>

#include <array>
#include <filesystem>

#include "posix/temporary_files.h"

namespace apiary {
namespace {

const Instant now{seconds{1'764'047'640}};
const std::vector<Capture::Interface> interfaces = {{"eth0", LinkLayer::ethernet},
                                                    {"tun0", LinkLayer::raw_ip}};

/// An IPv4 datagram over TCP to `port`, with an Ethernet header or not.
std::vector<std::uint8_t> frame_to(std::uint8_t port, bool is_ethernet) {
  std::vector<std::uint8_t> frame(is_ethernet ? 14 : 0);
  if (is_ethernet) frame[12] = 8;
  frame.insert(frame.end(), {0x45, 0, 0, 40, 0,  0, 0, 0, 64,   6,    0, 0,
                             192,  0, 2, 1,  10, 0, 0, 5, 0x0f, 0xa0, 0, port});
  frame.resize(frame.size() + 16);
  return frame;
}

std::size_t packets_in(const std::string& path) {
  char error[PCAP_ERRBUF_SIZE] = {};
  pcap_t* const file = pcap_open_offline(path.c_str(), error);
  if (file == nullptr) return 0;
  pcap_pkthdr* header = nullptr;
  const u_char* data = nullptr;
  std::size_t count = 0;
  while (pcap_next_ex(file, &header, &data) == 1) ++count;
  pcap_close(file);
  return count;
}

TEST(Capture, FilterSeesBothLinkLayersAlike) {
  for (const bool is_ethernet : {true, false}) {
    const auto filter = CaptureFilter::compile(
        "tcp port 22", is_ethernet ? LinkLayer::ethernet : LinkLayer::raw_ip);
    ASSERT_TRUE(filter);
    EXPECT_TRUE(filter->lets_through(frame_to(22, is_ethernet)));
    EXPECT_FALSE(filter->lets_through(frame_to(23, is_ethernet)));
  }
}

TEST(Capture, SaysWhatIsWrongWithAFilter) {
  const TemporaryFolder folder;
  const auto capture =
      Capture::open({folder.path() + "/c", "tcp prot 22", {}}, interfaces, "1", now);
  ASSERT_FALSE(capture);
  EXPECT_NE(capture.error().find("--capture-filter 'tcp prot 22'"), std::string::npos);
}

TEST(Capture, WritesWhatItWasGiven) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/c.pcapng";
  {
    // A capture that an earlier daemon left makes way.
    folder.add("c.pcapng", "something else");
    auto capture = Capture::open({path, "", {}}, std::span(interfaces).first(1), "1", now).value();
    const auto frame = frame_to(22, true);
    for (int i = 0; i < 1'000; ++i) capture->add({.at = now, .bytes = frame});
  }
  EXPECT_EQ(packets_in(path), 1'000U);
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& file : std::filesystem::directory_iterator(folder.path()))
    ++files;
  EXPECT_EQ(files, 2U);
}

TEST(Capture, CountsWhatFindsItsQueueFull) {
  const TemporaryFolder folder;
  auto capture = Capture::open({folder.path() + "/c.pcapng", "", {}}, interfaces, "1", now).value();
  const std::vector<std::uint8_t> frame(60'000, 1);
  std::uint64_t added = 0;
  while (capture->status().lost == 0 && added < 100'000) {
    capture->add({.at = now, .bytes = frame});
    ++added;
  }
  while (capture->status().waiting > 0) std::this_thread::yield();
  const SinkStatus status = capture->status();
  if (status.lost == 0) GTEST_SKIP() << "this disk is faster than we are";
  EXPECT_EQ(status.written + status.lost, added);
  EXPECT_EQ(capture->take_loss(), status.lost);
  EXPECT_EQ(capture->take_loss(), 0U);
}

}  // namespace
}  // namespace apiary
