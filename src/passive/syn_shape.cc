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
/// length byte says. An invalid option ends the list. It keeps what it reads to itself, so that the
/// compiler keeps that in registers.
class OptionReader {
 public:
  explicit OptionReader(Bytes options) : at_(options.data()), end_(at_ + options.size()) {}

  void read_into(SynShape& shape) {
    read();
    shape.layout = layout_;
    shape.end_padding_bytes = padding_bytes_;
    shape.scale = scale_;
    shape.mss = mss_;
    shape.quirks |= quirks_;
  }
  bool has_timestamp() const { return timestamp_ != 0; }

 private:
  void read() {
    while (at_ != end_ && layout_.add(*at_)) {
      if (*at_ == tcp_option::end) return read_padding();
      const std::ptrdiff_t size = *at_ == tcp_option::nop ? 1 : read_option(*at_);
      if (size == 0) break;
      at_ += size;
    }
    if (at_ != end_) quirks_ |= quirk::bad;
  }

  void read_padding() {
    padding_bytes_ = static_cast<std::uint8_t>(end_ - at_ - 1);
    while (++at_ != end_)
      if (*at_ != 0) quirks_ |= quirk::opt_plus;
  }

  /// Returns its length; 0: the option is invalid and ends the list.
  std::ptrdiff_t read_option(std::uint8_t kind) {
    if (end_ - at_ < 2) return 0;
    const std::ptrdiff_t said = at_[1];
    const auto fixed = static_cast<std::ptrdiff_t>(tcp_option_size_bytes(kind));
    const std::ptrdiff_t size = fixed != 0 ? fixed : said;
    if (size < 2 || size > end_ - at_) return 0;
    if (said != size) quirks_ |= quirk::bad;
    switch (kind) {
      case tcp_option::mss:
        mss_ = word<std::uint16_t>(2);
        break;
      case tcp_option::window_scale:
        scale_ = at_[2];
        if (scale_ > max_scale) quirks_ |= quirk::exws;
        break;
      case tcp_option::timestamps:
        timestamp_ = word<std::uint32_t>(2);
        if (timestamp_ == 0) quirks_ |= quirk::ts1_minus;
        if (word<std::uint32_t>(6) != 0) quirks_ |= quirk::ts2_plus;
        break;
      case tcp_option::sack:
        if (size < 10 || size > 34) return 0;
        break;
      default:
        break;
    }
    return size;
  }
  template <class Number>
  Number word(std::ptrdiff_t at) const {
    return wire::read<BigEndian<Number>>(Bytes(at_ + at, sizeof(Number)));
  }

  const std::uint8_t *at_, *end_;
  OptionKinds layout_;
  std::uint32_t quirks_ = 0, timestamp_ = 0;
  std::uint16_t mss_ = 0;
  std::uint8_t scale_ = 0, padding_bytes_ = 0;
};

/// The unit that `window` is a multiple of: the peer's MSS or Ethernet's, each also less 12 bytes
/// of timestamps, or the MTU. The first that divides it counts, as in p0f.
WindowMultiple multiple_of(std::uint32_t window, std::uint32_t mss, bool has_timestamp,
                           std::uint32_t headers_bytes) {
  constexpr std::uint32_t least_mss = 100, timestamps = 12, headers = 40, ethernet = 1500;
  using Of = WindowMultiple::Of;
  if (window == 0 || mss < least_mss) return {};
  const auto times = [window](Of of, std::uint32_t unit) {
    return WindowMultiple{of, static_cast<std::uint16_t>(window / unit)};
  };
  // One by one: the compiler turns divisions by constants into multiplications.
  if (window % mss == 0) return times(Of::mss, mss);
  if (has_timestamp && window % (mss - timestamps) == 0) return times(Of::mss, mss - timestamps);
  if (window % (ethernet - headers) == 0) return times(Of::mss, ethernet - headers);
  if (window % (ethernet - headers - timestamps) == 0)
    return times(Of::mss, ethernet - headers - timestamps);
  if (window >= mss) {
    if (window % (mss + headers) == 0) return times(Of::mtu, mss + headers);
    if (window % (mss + headers_bytes) == 0) return times(Of::mtu, mss + headers_bytes);
  }
  if (window % ethernet == 0) return times(Of::mtu, ethernet);
  return {};
}

}  // namespace

SynShape shape_of(const IpDatagram& datagram, const TcpSegment& syn) {
  SynShape shape{.ip_options_bytes = static_cast<std::uint8_t>(datagram.options.size()),
                 .ttl = datagram.hop_limit,
                 .window = syn.window,
                 .has_payload = !syn.payload.empty(),
                 .quirks = quirks_of_headers(datagram, syn)};
  OptionReader options(syn.options);
  options.read_into(shape);
  const std::size_t headers = ip_header_size_bytes(datagram) + tcp_header_size_bytes(syn);
  shape.multiple = multiple_of(shape.window, shape.mss, options.has_timestamp(),
                               static_cast<std::uint32_t>(headers));
  return shape;
}

}  // namespace apiary
