#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"

namespace apiary {

/// The addresses from `first` to `last`, both included.
struct AddressRange {
  IpAddress first, last;
  bool operator==(const AddressRange&) const = default;
};

/// Reads an address, a prefix ("10.0.0.0/8") or a range ("10.0.0.5-10.0.0.9").
std::optional<AddressRange> parse_address_range(std::string_view text);

/// A set of IPv4 addresses, kept as sorted ranges that neither overlap nor touch.
class AddressSet {
 public:
  void add(const AddressRange& range);
  void add(const IpPrefix& prefix) { add({prefix.first(), prefix.last()}); }
  void remove(const AddressRange& range);
  void remove(const IpAddress& address) { remove(AddressRange{address, address}); }

  bool contains(const IpAddress& address) const;
  bool empty() const { return ranges_.empty(); }
  /// The number of its addresses.
  std::uint64_t size() const;
  /// The address with this index, in ascending order. REQUIRES: index < size().
  IpAddress at(std::uint64_t index) const;
  /// Its addresses within `prefix`.
  AddressSet within(const IpPrefix& prefix) const;
  const std::vector<AddressRange>& ranges() const { return ranges_; }
  /// The smallest list of prefixes that equals this set, in ascending order.
  std::vector<IpPrefix> prefixes() const;

 private:
  std::vector<AddressRange> ranges_;
};

/// The addresses that both sets hold.
AddressSet common(const AddressSet& a, const AddressSet& b);
/// The addresses of `set` that `other` does not hold.
AddressSet without(AddressSet set, const AddressSet& other);

/// "10.0.0.0/8, 10.9.0.5-10.9.0.7": prefixes where a range is one, else first and last address.
std::string to_string(const AddressSet& set);

}  // namespace apiary
