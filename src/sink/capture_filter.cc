#include "sink/capture_filter.h"

#include <fmt/format.h>
#include <pcap/pcap.h>

namespace apiary {
namespace {

constexpr int max_frame_bytes = 262'144;

struct Close {
  void operator()(pcap_t* file) const { pcap_close(file); }
};

}  // namespace

void CaptureFilter::Free::operator()(bpf_program* program) const {
  pcap_freecode(program);
  delete program;
}

tl::expected<CaptureFilter, std::string> CaptureFilter::compile(const std::string& text,
                                                                LinkLayer link_layer) {
  if (text.empty()) return CaptureFilter(nullptr);
  const std::unique_ptr<pcap_t, Close> file(
      pcap_open_dead(link_layer == LinkLayer::ethernet ? DLT_EN10MB : DLT_RAW, max_frame_bytes));
  auto program = std::make_unique<bpf_program>();
  if (pcap_compile(file.get(), program.get(), text.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0)
    return tl::unexpected(
        fmt::format("--capture-filter '{}': {}; use tcpdump's syntax, for example: tcp port 22",
                    text, pcap_geterr(file.get())));
  return CaptureFilter(std::unique_ptr<bpf_program, Free>(program.release()));
}

bool CaptureFilter::lets_through(Bytes frame) const {
  if (program_ == nullptr) return true;
  pcap_pkthdr header{};
  header.caplen = header.len = static_cast<bpf_u_int32>(frame.size());
  return pcap_offline_filter(program_.get(), &header, frame.data()) != 0;
}

}  // namespace apiary
