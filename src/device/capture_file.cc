#include "device/capture_file.h"

#include <fmt/format.h>
#include <pcap/pcap.h>

#include <array>

namespace apiary {
namespace {

constexpr int snapshot_bytes = 262'144;

std::optional<LinkLayer> link_layer_of(int data_link) {
  switch (data_link) {
    case DLT_EN10MB:
      return LinkLayer::ethernet;
    case DLT_RAW:
    case DLT_IPV4:
      return LinkLayer::raw_ip;
    default:
      return {};
  }
}

}  // namespace

void CaptureReader::Close::operator()(pcap* file) const { pcap_close(file); }

tl::expected<CaptureReader, SystemError> CaptureReader::open(const std::string& path) {
  std::array<char, PCAP_ERRBUF_SIZE> error{};
  std::unique_ptr<pcap, Close> file(pcap_open_offline_with_tstamp_precision(
      path.c_str(), PCAP_TSTAMP_PRECISION_NANO, error.data()));
  if (file == nullptr) return tl::unexpected(SystemError{fmt::format("{}", error.data())});
  const int data_link = pcap_datalink(file.get());
  const auto link_layer = link_layer_of(data_link);
  if (!link_layer)
    return tl::unexpected(
        SystemError{fmt::format("{}: a capture of {}; Ethernet and raw IP can be replayed", path,
                                pcap_datalink_val_to_description_or_dlt(data_link))});
  return CaptureReader(std::move(file), path, *link_layer);
}

tl::expected<std::optional<CapturedFrame>, SystemError> CaptureReader::next() {
  pcap_pkthdr* header = nullptr;
  const u_char* data = nullptr;
  const int result = pcap_next_ex(file_.get(), &header, &data);
  if (result == PCAP_ERROR)
    return tl::unexpected(SystemError{fmt::format("{}: {}", path_, pcap_geterr(file_.get()))});
  if (result != 1) return std::nullopt;
  // With nanosecond precision asked for, libpcap leaves nanoseconds in tv_usec.
  const Instant at{seconds{header->ts.tv_sec} + nanoseconds{header->ts.tv_usec}};
  return CapturedFrame{at, {.bytes = {data, header->caplen}}};
}

void CaptureWriter::Close::operator()(pcap* file) const { pcap_close(file); }
void CaptureWriter::Close::operator()(pcap_dumper* dumper) const { pcap_dump_close(dumper); }

tl::expected<CaptureWriter, SystemError> CaptureWriter::create(const std::string& path,
                                                               LinkLayer link_layer) {
  std::unique_ptr<pcap, Close> file(
      pcap_open_dead_with_tstamp_precision(link_layer == LinkLayer::ethernet ? DLT_EN10MB : DLT_RAW,
                                           snapshot_bytes, PCAP_TSTAMP_PRECISION_NANO));
  std::unique_ptr<pcap_dumper, Close> dumper(pcap_dump_open(file.get(), path.c_str()));
  if (dumper == nullptr)
    return tl::unexpected(SystemError{fmt::format("{}", pcap_geterr(file.get()))});
  return CaptureWriter(std::move(file), std::move(dumper), path);
}

void CaptureWriter::write(Instant at, Bytes frame) {
  const auto since_epoch = at.time_since_epoch();
  const auto whole = std::chrono::duration_cast<seconds>(since_epoch);
  pcap_pkthdr header{};
  header.ts.tv_sec = whole.count();
  header.ts.tv_usec = (since_epoch - whole).count();
  header.caplen = header.len = static_cast<bpf_u_int32>(frame.size());
  pcap_dump(reinterpret_cast<u_char*>(dumper_.get()), &header, frame.data());
}

tl::expected<void, SystemError> CaptureWriter::finish() {
  if (pcap_dump_flush(dumper_.get()) != 0)
    return tl::unexpected(last_system_error(fmt::format("cannot write {}", path_)));
  return {};
}

}  // namespace apiary
