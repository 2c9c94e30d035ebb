#pragma once

#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "base/time.h"
#include "posix/system_error.h"
#include "wire/frame.h"

struct pcap;
struct pcap_dumper;

namespace apiary {

/// A frame of a capture, valid until the next one is read.
struct CapturedFrame {
  Instant at;
  ReceivedFrame frame;
};

/// Reads a capture file (pcap or pcapng; Ethernet or raw IP) with libpcap.
class CaptureReader {
 public:
  /// Errors: not readable, not a capture, another link layer.
  static tl::expected<CaptureReader, SystemError> open(const std::string& path);

  LinkLayer link_layer() const { return link_layer_; }
  /// Returns the next frame; nothing at the end. Error: the rest of the file is damaged.
  tl::expected<std::optional<CapturedFrame>, SystemError> next();

 private:
  struct Close {
    void operator()(pcap* file) const;
  };
  CaptureReader(std::unique_ptr<pcap, Close> file, std::string path, LinkLayer link_layer)
      : file_(std::move(file)), path_(std::move(path)), link_layer_(link_layer) {}

  std::unique_ptr<pcap, Close> file_;
  std::string path_;
  LinkLayer link_layer_;
};

/// Writes a capture file (pcap, nanoseconds).
class CaptureWriter {
 public:
  /// Errors: not writable.
  static tl::expected<CaptureWriter, SystemError> create(const std::string& path,
                                                         LinkLayer link_layer);

  void write(Instant at, Bytes frame);
  /// Errors: the file could not be written, for example because the disk is full.
  tl::expected<void, SystemError> finish();

 private:
  struct Close {
    void operator()(pcap* file) const;
    void operator()(pcap_dumper* dumper) const;
  };
  CaptureWriter(std::unique_ptr<pcap, Close> file, std::unique_ptr<pcap_dumper, Close> dumper,
                std::string path)
      : file_(std::move(file)), dumper_(std::move(dumper)), path_(std::move(path)) {}

  std::unique_ptr<pcap, Close> file_;
  std::unique_ptr<pcap_dumper, Close> dumper_;
  std::string path_;
};

}  // namespace apiary
