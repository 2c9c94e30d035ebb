#include "host/reassembly.h"

#include <algorithm>

namespace apiary {

std::optional<IpDatagram> Reassembly::add(Instant now, const IpDatagram& fragment,
                                          FragmentPolicy policy, const SavedReplyRoute& way) {
  const Key key{fragment.source, fragment.destination, fragment.identification, fragment.protocol};
  Pending* pending = pending_.find(key);  // its age is that of its first fragment
  if (pending == nullptr) {
    if (pending_.size() >= pending_.capacity()) discard(*pending_.oldest().first);
    pending = &pending_.insert(key, Pending{.since = now, .way = way});
  }
  const std::size_t cost = pending->cost_bytes;
  const bool stored = store(*pending, fragment, policy);
  held_bytes_ += pending->cost_bytes - cost;
  if (!stored) {
    discard(key);
    return {};
  }
  auto whole = finish(*pending);
  if (whole) {
    held_bytes_ -= pending->cost_bytes;
    pending_.erase(key);
  } else {
    make_room();
  }
  return whole;
}

/// Stores the fragment. Returns whether the datagram can still become complete.
bool Reassembly::store(Pending& pending, const IpDatagram& fragment, FragmentPolicy policy) {
  const Extent added{fragment.fragment_offset_bytes,
                     fragment.fragment_offset_bytes + fragment.payload.size()};
  auto& pieces = pending.pieces;
  const bool is_strict = policy == FragmentPolicy::discard;
  // Two ends, or bytes past the end: a strict policy discards the datagram, others this fragment.
  const std::size_t reached = pieces.empty() ? 0 : pieces.back().end();
  if (!fragment.more_fragments) {
    if ((pending.total_bytes != 0 && pending.total_bytes != added.end) || reached > added.end)
      return !is_strict;
    pending.total_bytes = added.end;
  }
  if (pending.total_bytes != 0 && added.end > pending.total_bytes) return !is_strict;

  if (added.start == 0 && (pending.header.empty() || policy != FragmentPolicy::first)) {
    const Bytes header = fragment.whole.first(ip_header_size_bytes(fragment));
    pending.header.assign(header.begin(), header.end());
  }
  const auto at = std::partition_point(
      pieces.begin(), pieces.end(), [&](const Piece& piece) { return piece.end() <= added.start; });
  const bool overlaps = at != pieces.end() && at->offset < added.end;
  if (overlaps && is_strict) return holds(pieces, at, added);  // Linux ignores what it has
  if (overlaps) {
    overlay(pending, fragment.payload, added, policy);
  } else if (!fragment.payload.empty()) {  // an empty one says only where the end is
    pieces.insert(at,
                  Piece{added.start, {fragment.payload.begin(), fragment.payload.end()}, added});
  }
  pending.cost_bytes = pieces.size() * cost_per_piece_bytes;
  for (const Piece& piece : pieces) pending.cost_bytes += piece.bytes.size();
  return true;
}

/// Whether the pieces from `at` on have all of `added`. REQUIRES: the first overlaps it.
bool Reassembly::holds(const Pieces& pieces, Pieces::const_iterator at, const Extent& added) {
  std::size_t reached = added.start;
  for (; at != pieces.end() && at->offset <= reached && reached < added.end; ++at)
    reached = at->end();
  return reached >= added.end;
}

/// Whether the bytes of `added` count where it overlaps `old`.
bool Reassembly::new_one_counts(FragmentPolicy policy, const Extent& old, const Extent& added) {
  switch (policy) {
    case FragmentPolicy::first:
    case FragmentPolicy::discard:
    case FragmentPolicy::refuse:
      return false;
    case FragmentPolicy::last:
      return true;
    case FragmentPolicy::bsd:
      return added.start < old.start;
    case FragmentPolicy::bsd_right:
      return added.start >= old.start;
    case FragmentPolicy::linux_2:
      return added.start <= old.start;
    case FragmentPolicy::windows:
      return added.start < old.start && added.end > old.end;
    case FragmentPolicy::solaris:
      return added.start < old.start && added.end >= old.end;
  }
  return false;
}

/// Inserts `payload` among the pieces. For each overlap, the policy decides which bytes stay.
void Reassembly::overlay(Pending& pending, Bytes payload, const Extent& added,
                         FragmentPolicy policy) {
  std::vector<Piece> result;
  const auto keep = [&](Bytes bytes, std::size_t offset, const Extent& fragment) {
    if (!bytes.empty()) result.push_back({offset, {bytes.begin(), bytes.end()}, fragment});
  };
  const auto part = [&](std::size_t from, std::size_t to) {
    if (from < to) keep(payload.subspan(from - added.start, to - from), from, added);
  };
  std::size_t laid = added.start;  // the part of `payload` before this is stored
  for (const Piece& piece : pending.pieces) {
    if (piece.end() <= added.start) {
      keep(piece.bytes, piece.offset, piece.fragment);
      continue;
    }
    if (piece.offset >= added.end) {
      part(laid, added.end);
      laid = added.end;
      keep(piece.bytes, piece.offset, piece.fragment);
      continue;
    }
    if (!new_one_counts(policy, piece.fragment, added)) {
      part(laid, piece.offset);
      keep(piece.bytes, piece.offset, piece.fragment);
      laid = std::min(piece.end(), added.end);
      continue;
    }
    const Bytes old = piece.bytes;
    if (piece.offset < added.start)
      keep(old.first(added.start - piece.offset), piece.offset, piece.fragment);
    if (piece.end() > added.end) {
      part(laid, added.end);
      laid = added.end;
      keep(old.last(piece.end() - added.end), added.end, piece.fragment);
    }
  }
  part(laid, added.end);
  pending.pieces = std::move(result);
}

std::optional<IpDatagram> Reassembly::finish(const Pending& pending) {
  if (pending.total_bytes == 0 || pending.header.empty()) return {};
  std::size_t reached = 0;
  for (const Piece& piece : pending.pieces) {
    if (piece.offset != reached) return {};
    reached = piece.end();
  }
  if (reached != pending.total_bytes || reached + pending.header.size() > 65535) return {};

  // The datagram as if it had not been fragmented: ICMP errors quote it.
  whole_.assign(pending.header.begin(), pending.header.end());
  for (const Piece& piece : pending.pieces)
    whole_.insert(whole_.end(), piece.bytes.begin(), piece.bytes.end());
  auto header = read_quoted_ip(pending.header);
  if (!header) return {};
  header->dont_fragment = header->more_fragments = header->reserved_flag = false;
  header->fragment_offset_bytes = 0;
  emit_ip_header(*header, pending.total_bytes, whole_);
  const auto parsed = parse_ip(whole_);
  return parsed ? std::optional{*parsed} : std::nullopt;
}

void Reassembly::discard(const Key& key) {
  const Key gone = key;  // `key` may point into the erased entry
  held_bytes_ -= pending_.find(gone)->cost_bytes;
  pending_.erase(gone);
  counters_.count(DropReason::reassembly_limit);
}

void Reassembly::make_room() {
  while (held_bytes_ > limits_.reassembly_bytes) discard(*pending_.oldest().first);
}

std::optional<Reassembly::Expired> Reassembly::take_expired(Instant now) {
  while (next_due() <= now) {
    const auto [key, pending] = pending_.oldest();
    const bool has_first = !pending->header.empty();
    const SavedReplyRoute way = pending->way;
    if (has_first) {
      whole_ = pending->header;
      const std::vector<std::uint8_t>& bytes = pending->pieces.front().bytes;
      whole_.insert(whole_.end(), bytes.begin(), bytes.end());
    }
    discard(*key);
    if (!has_first) continue;
    if (const auto first = read_quoted_ip(whole_)) return Expired{*first, way};
  }
  return {};
}

}  // namespace apiary
