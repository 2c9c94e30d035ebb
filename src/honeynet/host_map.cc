#include "honeynet/host_map.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <unordered_map>

namespace apiary {
namespace {

bool is_single(const HostMap::Binding& binding) {
  return binding.addresses.first == binding.addresses.last;
}

std::uint64_t size_of(const AddressRange& range) {
  return std::uint64_t{range.last.v4_value()} - range.first.v4_value() + 1;
}

constexpr std::size_t no_binding = ~std::size_t{0};

/// All of IPv4 in pieces, each of one binding or none: start of a piece -> binding.
class Canvas {
 public:
  void paint(const AddressRange& range, std::size_t binding) {
    const std::uint64_t first = range.first.v4_value();
    const std::uint64_t after = std::uint64_t{range.last.v4_value()} + 1;
    cut(first);
    cut(after);
    pieces_.erase(pieces_.find(first), pieces_.find(after));
    pieces_[first] = binding;
  }
  const std::map<std::uint64_t, std::size_t>& pieces() const { return pieces_; }

 private:
  void cut(std::uint64_t at) {
    const auto piece = std::prev(pieces_.upper_bound(at));
    pieces_.try_emplace(at, piece->second);
  }

  std::map<std::uint64_t, std::size_t> pieces_{{0, no_binding},
                                               {std::uint64_t{1} << 32, no_binding}};
};

}  // namespace

HostMap::HostMap(const std::vector<Binding>& bindings) : counts_(bindings.size(), false) {
  std::unordered_map<const HostTemplate*, Index> known;
  std::vector<Index> templates;
  templates.reserve(bindings.size());
  for (const Binding& binding : bindings) {
    const auto [at, is_new] =
        known.try_emplace(binding.host_template.get(), static_cast<Index>(templates_.size()));
    if (is_new) templates_.push_back(binding.host_template);
    templates.push_back(at->second);
  }
  add_singles(bindings, templates);
  add_ranges(bindings, templates);
}

void HostMap::add_singles(const std::vector<Binding>& bindings,
                          const std::vector<Index>& templates) {
  std::vector<std::pair<std::uint32_t, std::size_t>> singles;
  singles.reserve(bindings.size());
  for (std::size_t i = 0; i < bindings.size(); ++i)
    if (is_single(bindings[i])) singles.emplace_back(bindings[i].addresses.first.v4_value(), i);
  std::sort(singles.begin(), singles.end());
  single_addresses_.reserve(singles.size());
  single_templates_.reserve(singles.size());
  for (std::size_t i = 0; i < singles.size(); ++i) {
    const auto& [address, binding] = singles[i];
    if (i + 1 < singles.size() && singles[i + 1].first == address) continue;  // the later one wins
    counts_[binding] = true;
    single_addresses_.push_back(address);
    single_templates_.push_back(templates[binding]);
  }
}

void HostMap::add_ranges(const std::vector<Binding>& bindings,
                         const std::vector<Index>& templates) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < bindings.size(); ++i)
    if (!is_single(bindings[i])) order.push_back(i);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return size_of(bindings[a].addresses) > size_of(bindings[b].addresses);
  });
  Canvas canvas;
  for (const std::size_t i : order) canvas.paint(bindings[i].addresses, i);

  for (auto piece = canvas.pieces().begin(); std::next(piece) != canvas.pieces().end(); ++piece) {
    const auto& [start, binding] = *piece;
    const Index index = binding == no_binding ? nobody : templates[binding];
    if (range_templates_.empty() || range_templates_.back() != index) {
      range_starts_.push_back(static_cast<std::uint32_t>(start));
      range_templates_.push_back(index);
    }
    if (binding == no_binding) continue;
    const std::uint64_t after = std::next(piece)->first;
    const auto& singles = single_addresses_;
    const auto within = std::lower_bound(singles.begin(), singles.end(), after) -
                        std::lower_bound(singles.begin(), singles.end(), start);
    if (static_cast<std::uint64_t>(within) < after - start) counts_[binding] = true;
  }
}

void HostMap::visit_templates(const std::function<void(const HostTemplatePtr& host_template,
                                                       std::uint64_t hosts)>& visit) const {
  std::vector<std::uint64_t> hosts(templates_.size());
  for (const Index index : single_templates_) ++hosts[index];
  for (std::size_t i = 0; i < range_starts_.size(); ++i) {
    if (range_templates_[i] == nobody) continue;
    const bool is_last = i + 1 == range_starts_.size();
    const std::uint64_t after = is_last ? std::uint64_t{1} << 32 : range_starts_[i + 1];
    hosts[range_templates_[i]] += after - range_starts_[i];
  }
  for (std::size_t i = 0; i < templates_.size(); ++i)
    if (hosts[i] > 0) visit(templates_[i], hosts[i]);
}

AddressSet HostMap::addresses(
    const std::function<bool(const HostTemplate& host_template)>& counts) const {
  std::vector<bool> counted;
  counted.reserve(templates_.size());
  for (const HostTemplatePtr& host_template : templates_)
    counted.push_back(!counts || counts(*host_template));
  std::vector<AddressRange> all;
  all.reserve(single_addresses_.size() + range_starts_.size());
  for (std::size_t i = 0; i < single_addresses_.size(); ++i)
    if (counted[single_templates_[i]])
      all.push_back({IpAddress::v4(single_addresses_[i]), IpAddress::v4(single_addresses_[i])});
  for (std::size_t i = 0; i < range_starts_.size(); ++i) {
    if (range_templates_[i] == nobody || !counted[range_templates_[i]]) continue;
    const bool is_last = i + 1 == range_starts_.size();
    const std::uint32_t last = is_last ? 0xffffffff : range_starts_[i + 1] - 1;
    all.push_back({IpAddress::v4(range_starts_[i]), IpAddress::v4(last)});
  }
  std::sort(all.begin(), all.end(),
            [](const AddressRange& a, const AddressRange& b) { return a.first < b.first; });
  AddressSet addresses;
  for (const AddressRange& range : all)
    addresses.add(range);  // AddressSet::add() is fastest at the end
  return addresses;
}

const HostTemplatePtr* HostMap::find_single(const IpAddress& address) const {
  if (!address.is_v4()) return nullptr;
  const std::uint32_t value = address.v4_value();
  const auto at = std::lower_bound(single_addresses_.begin(), single_addresses_.end(), value);
  if (at == single_addresses_.end() || *at != value) return nullptr;
  return &templates_[single_templates_[static_cast<std::size_t>(at - single_addresses_.begin())]];
}

const HostTemplatePtr* HostMap::find_range(const IpAddress& address) const {
  if (!address.is_v4() || range_starts_.empty()) return nullptr;
  const auto after =
      std::upper_bound(range_starts_.begin(), range_starts_.end(), address.v4_value());
  const Index index = range_templates_[static_cast<std::size_t>(after - range_starts_.begin()) - 1];
  return index == nobody ? nullptr : &templates_[index];
}

}  // namespace apiary
