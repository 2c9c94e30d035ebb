#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "wire/frame.h"

struct bpf_program;

namespace apiary {

/// A filter of packets in the language of tcpdump (pcap-filter(7)), compiled by libpcap.
class CaptureFilter {
 public:
  /// An empty text accepts all packets. Error: a sentence.
  static tl::expected<CaptureFilter, std::string> compile(const std::string& text,
                                                          LinkLayer link_layer);
  bool lets_through(Bytes frame) const;

 private:
  struct Free {
    void operator()(bpf_program* program) const;
  };
  explicit CaptureFilter(std::unique_ptr<bpf_program, Free> program)
      : program_(std::move(program)) {}

  std::unique_ptr<bpf_program, Free> program_;  // null: all
};

}  // namespace apiary
