#include "sink/capture.h"

#include <gtest/gtest.h>
#include <pcap/pcap.h>

#include <array>
#include <filesystem>

#include "posix/testing/full_disk.h"
#include "posix/testing/temporary_files.h"

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

TEST(Capture, KeepsPacketsWhileTheDiskIsFull) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/c.pcapng";
  auto capture = Capture::open({path, "", {}}, std::span(interfaces).first(1), "1", now).value();
  const std::vector<std::uint8_t> frame(1'000, 1);
  {
    const FullDisk full(50'000);
    for (int i = 0; i < 5'000; ++i) capture->add({.at = now, .bytes = frame});
    while (capture->status().trouble.empty()) std::this_thread::yield();
    EXPECT_EQ(capture->status().waiting, 5'000U);
    EXPECT_EQ(packets_in(path), 0U) << "nor half a packet";
  }
  while (capture->status().waiting > 0) std::this_thread::yield();
  EXPECT_EQ(capture->status().written, 5'000U);
  EXPECT_EQ(capture->status().lost, 0U);
  EXPECT_EQ(packets_in(path), 5'000U);
  EXPECT_EQ(capture->take_events().size(), 2U) << "trouble, and its end";
}

TEST(Capture, EndsInTimeOnAFullDiskAndCountsWhatWaited) {
  const TemporaryFolder folder;
  auto capture = Capture::open({folder.path() + "/c", "", {}}, interfaces, "1", now).value();
  const FullDisk full(500);
  const std::vector<std::uint8_t> frame(1'000, 1);
  for (int i = 0; i < 5; ++i) capture->add({.at = now, .bytes = frame});
  capture->finish();
  EXPECT_EQ(capture->status().lost, 5U);
  EXPECT_EQ(capture->status().waiting, 0U);
}

TEST(Capture, BeginsANewFileWhenAnotherProgramTookIt) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/c.pcapng";
  auto capture = Capture::open({path, "", {}}, std::span(interfaces).first(1), "1", now).value();
  const auto frame = frame_to(22, true);
  std::filesystem::remove(path);
  capture->add({.at = now, .bytes = frame});
  capture->finish();
  EXPECT_EQ(packets_in(path), 1U) << "with a head of its own";
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
  const auto events = capture->take_events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(std::get<events::EventsLost>(events[0]).counts[0].second, status.lost);
  EXPECT_TRUE(capture->take_events().empty());
}

}  // namespace
}  // namespace apiary
