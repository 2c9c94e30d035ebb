#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace apiary {

/// The lines of Nmap's nmap-service-probes that identify services by what they say. Only those that
/// can be a honeypot's are kept, with the lines before them, which Nmap tries first.
class NmapMatches {
 public:
  explicit NmapMatches(std::string_view text);
  ~NmapMatches();
  NmapMatches(NmapMatches&&) noexcept;
  NmapMatches& operator=(NmapMatches&&) noexcept;

  /// The number of lines that name a honeypot.
  std::size_t honeypots() const { return honeypots_; }
  /// The product of the line by which Nmap takes `said` for a honeypot's; empty: for none.
  std::string honeypot_of(std::string_view said) const;

 private:
  struct MatchLine;
  /// The lines of a probe, in their order, up to the last one of a honeypot.
  using Section = std::vector<MatchLine>;
  bool has_earlier(const Section& section, const MatchLine& line, std::string_view said) const;

  std::vector<Section> sections_;
  std::size_t honeypots_ = 0;
};

}  // namespace apiary
