#include "base/address_set.h"

#include <algorithm>
#include <bit>

namespace apiary {
namespace {

/// The longest prefix that starts at `first` and ends at or before `last`.
IpPrefix longest_prefix_from(std::uint32_t first, std::uint32_t last) {
  const int aligned = first == 0 ? 32 : std::countr_zero(first);
  const std::uint64_t room = std::uint64_t{last} - first + 1;
  const int fitting = static_cast<int>(std::bit_width(room)) - 1;
  return {IpAddress::v4(first), 32 - std::min(aligned, fitting)};
}

}  // namespace

std::optional<AddressRange> parse_address_range(std::string_view text) {
  if (const auto dash = text.find('-'); dash != std::string_view::npos) {
    const auto first = parse_ip_address(text.substr(0, dash));
    const auto last = parse_ip_address(text.substr(dash + 1));
    if (!first || !last || *last < *first) return {};
    return AddressRange{*first, *last};
  }
  const auto prefix = parse_ip_prefix(text);
  if (!prefix) return {};
  return AddressRange{prefix->first(), prefix->last()};
}

void AddressSet::add(const AddressRange& range) {
  std::uint64_t first = range.first.v4_value();
  std::uint64_t last = range.last.v4_value();
  const auto touches_from = std::partition_point(
      ranges_.begin(), ranges_.end(),
      [&](const AddressRange& r) { return std::uint64_t{r.last.v4_value()} + 1 < first; });
  auto touches_to = touches_from;
  for (; touches_to != ranges_.end() && touches_to->first.v4_value() <= last + 1; ++touches_to) {
    first = std::min<std::uint64_t>(first, touches_to->first.v4_value());
    last = std::max<std::uint64_t>(last, touches_to->last.v4_value());
  }
  const auto at = ranges_.erase(touches_from, touches_to);
  ranges_.insert(at, {IpAddress::v4(static_cast<std::uint32_t>(first)),
                      IpAddress::v4(static_cast<std::uint32_t>(last))});
}

void AddressSet::remove(const AddressRange& range) {
  const auto from = std::partition_point(
      ranges_.begin(), ranges_.end(), [&](const AddressRange& r) { return r.last < range.first; });
  std::vector<AddressRange> rest;
  auto to = from;
  for (; to != ranges_.end() && to->first <= range.last; ++to) {
    if (to->first < range.first)
      rest.push_back({to->first, IpAddress::v4(range.first.v4_value() - 1)});
    if (range.last < to->last) rest.push_back({IpAddress::v4(range.last.v4_value() + 1), to->last});
  }
  ranges_.insert(ranges_.erase(from, to), rest.begin(), rest.end());
}

bool AddressSet::contains(const IpAddress& address) const {
  const auto holder = std::partition_point(ranges_.begin(), ranges_.end(),
                                           [&](const AddressRange& r) { return r.last < address; });
  return holder != ranges_.end() && holder->first <= address;
}

std::uint64_t AddressSet::size() const {
  std::uint64_t count = 0;
  for (const AddressRange& r : ranges_)
    count += std::uint64_t{r.last.v4_value()} - r.first.v4_value() + 1;
  return count;
}

IpAddress AddressSet::at(std::uint64_t index) const {
  auto range = ranges_.begin();
  for (; index > range->last.v4_value() - range->first.v4_value(); ++range)
    index -= std::uint64_t{range->last.v4_value()} - range->first.v4_value() + 1;
  return IpAddress::v4(range->first.v4_value() + static_cast<std::uint32_t>(index));
}

AddressSet AddressSet::within(const IpPrefix& prefix) const {
  AddressSet result;
  for (const AddressRange& range : ranges_) {
    const IpAddress first = std::max(range.first, prefix.first());
    const IpAddress last = std::min(range.last, prefix.last());
    if (first <= last) result.ranges_.push_back({first, last});
  }
  return result;
}

std::vector<IpPrefix> AddressSet::prefixes() const {
  std::vector<IpPrefix> result;
  for (const AddressRange& range : ranges_) {
    const std::uint64_t end = std::uint64_t{range.last.v4_value()} + 1;
    for (std::uint64_t next = range.first.v4_value(); next < end;) {
      result.push_back(
          longest_prefix_from(static_cast<std::uint32_t>(next), range.last.v4_value()));
      next = std::uint64_t{result.back().last().v4_value()} + 1;
    }
  }
  return result;
}

AddressSet common(const AddressSet& a, const AddressSet& b) {
  AddressSet both;
  auto x = a.ranges().begin(), y = b.ranges().begin();
  while (x != a.ranges().end() && y != b.ranges().end()) {
    const AddressRange overlap{std::max(x->first, y->first), std::min(x->last, y->last)};
    if (overlap.first <= overlap.last) both.add(overlap);
    if (x->last < y->last)
      ++x;
    else
      ++y;
  }
  return both;
}

AddressSet without(AddressSet set, const AddressSet& other) {
  for (const AddressRange& range : other.ranges()) set.remove(range);
  return set;
}

std::string to_string(const AddressSet& set) {
  std::string text;
  for (const AddressRange& range : set.ranges()) {
    if (!text.empty()) text += ", ";
    const IpPrefix whole = longest_prefix_from(range.first.v4_value(), range.last.v4_value());
    if (range.first == range.last) {
      text += to_string(range.first);
    } else if (whole.last() == range.last) {
      text += to_string(whole);
    } else {
      text += to_string(range.first) + "-" + to_string(range.last);
    }
  }
  return text;
}

}  // namespace apiary
