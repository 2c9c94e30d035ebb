#include "passive/syn_shape.h"

#include "base/big_endian.h"
#include "wire/tcp_options.h"

namespace apiary {
namespace {

constexpr std::uint8_t max_scale = 14;  // RFC 7323 section 2.3

std::uint32_t quirks_of_headers(const IpDatagram& ip, const TcpSegment& syn) {
  std::uint32_t quirks = 0;
  if (ip.dont_fragment)
    quirks |= quirk::df | (ip.identification != 0 ? quirk::id_plus : 0);
  else if (ip.identification == 0)
    quirks |= quirk::id_minus;
  if (ecn_of(ip) != Ecn::not_capable || syn.has(tcp_flag::ece | tcp_flag::cwr))
    quirks |= quirk::ecn;
  if (ip.reserved_flag) quirks |= quirk::zero_plus;
  if (syn.sequence.value == 0) quirks |= quirk::seq_minus;
  if (syn.acknowledgment.value != 0) quirks |= quirk::ack_plus;
  if (syn.has(tcp_flag::urg))
    quirks |= quirk::urgf_plus;
  else if (syn.urgent_pointer != 0)
    quirks |= quirk::uptr_plus;
  if (syn.has(tcp_flag::psh)) quirks |= quirk::pushf_plus;
  return quirks;
}

/// Reads the options of a SYN as p0f does: an option of fixed length takes up that, whatever its
/// length byte says. An invalid option ends the list.
class OptionReader {
 public:
  OptionReader(SynShape& shape, Bytes options) : shape_(shape), rest_(options) {}

  void read() {
    while (!rest_.empty() && shape_.layout.add(rest_.front())) {
      const std::uint8_t kind = rest_.front();
      if (kind == tcp_option::end) return read_padding(rest_.subspan(1));
      const std::size_t size = kind == tcp_option::nop ? 1 : read_option(kind);
      if (size == 0) break;
      rest_ = rest_.subspan(size);
    }
    if (!rest_.empty()) shape_.quirks |= quirk::bad;
  }

  bool has_timestamp() const { return timestamp_ != 0; }

 private:
  void read_padding(Bytes padding) {
    shape_.end_padding_bytes = static_cast<std::uint8_t>(padding.size());
    for (const std::uint8_t byte : padding)
      if (byte != 0) shape_.quirks |= quirk::opt_plus;
  }

  /// Returns its length; 0: the option is invalid and ends the list.
  std::size_t read_option(std::uint8_t kind) {
    if (rest_.size() < 2) return 0;
    const std::size_t said = rest_[1], fixed = tcp_option_size_bytes(kind);
    const std::size_t size = fixed != 0 ? fixed : said;
    if (size < 2 || size > rest_.size()) return 0;
    if (said != size) shape_.quirks |= quirk::bad;
    if (kind == tcp_option::sack && (size < 10 || size > 34)) return 0;
    if (kind == tcp_option::mss) shape_.mss = word<std::uint16_t>(2);
    if (kind == tcp_option::window_scale) read_scale();
    if (kind == tcp_option::timestamps) read_timestamps();
    return size;
  }
  void read_scale() {
    shape_.scale = rest_[2];
    if (shape_.scale > max_scale) shape_.quirks |= quirk::exws;
  }
  void read_timestamps() {
    timestamp_ = word<std::uint32_t>(2);
    if (timestamp_ == 0) shape_.quirks |= quirk::ts1_minus;
    if (word<std::uint32_t>(6) != 0) shape_.quirks |= quirk::ts2_plus;
  }
  template <class Number>
  Number word(std::size_t at) const {
    return wire::read<BigEndian<Number>>(rest_.subspan(at));
  }

  SynShape& shape_;
  Bytes rest_;
  std::uint32_t timestamp_ = 0;
};

/// The unit that `window` is a multiple of: the peer's MSS or Ethernet's, each also less 12 bytes
/// of timestamps, or the MTU. The first that divides it counts, as in p0f.
WindowMultiple multiple_of(std::uint32_t window, std::uint32_t mss, bool has_timestamp,
                           std::uint32_t headers_bytes) {
  constexpr std::uint32_t least_mss = 100, timestamps = 12, headers = 40, ethernet = 1500;
  using Of = WindowMultiple::Of;
  if (window == 0 || mss < least_mss) return {};
  struct Unit {
    std::uint32_t bytes;
    Of of;
  };
  for (const Unit& unit :
       {Unit{mss, Of::mss}, Unit{has_timestamp ? mss - timestamps : 0, Of::mss},
        Unit{ethernet - headers, Of::mss}, Unit{ethernet - headers - timestamps, Of::mss},
        Unit{mss + headers, Of::mtu}, Unit{mss + headers_bytes, Of::mtu}, Unit{ethernet, Of::mtu}})
    if (unit.bytes != 0 && window % unit.bytes == 0)
      return {unit.of, static_cast<std::uint16_t>(window / unit.bytes)};
  return {};
}

}  // namespace

bool OptionKinds::add(std::uint8_t kind) {
  if (count == limit) return false;
  kinds[count++] = kind;
  return true;
}

SynShape shape_of(const IpDatagram& datagram, const TcpSegment& syn) {
  SynShape shape{.ip_options_bytes = static_cast<std::uint8_t>(datagram.options.size()),
                 .ttl = datagram.hop_limit,
                 .window = syn.window,
                 .has_payload = !syn.payload.empty(),
                 .quirks = quirks_of_headers(datagram, syn)};
  OptionReader options(shape, syn.options);
  options.read();
  const std::size_t headers = ip_header_size_bytes(datagram) + tcp_header_size_bytes(syn);
  shape.multiple = multiple_of(shape.window, shape.mss, options.has_timestamp(),
                               static_cast<std::uint32_t>(headers));
  return shape;
}

}  // namespace apiary
