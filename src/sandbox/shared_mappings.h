#pragma once

#include <cstdint>
#include <map>
#include <string_view>

namespace apiary {

/// Adds the sizes of the anonymous shared mappings in `maps`, the text of a /proc/PROCESS/maps, by
/// their inode: processes that share one have it once.
void add_shared_mappings(std::string_view maps, std::map<std::uint64_t, std::uint64_t>& sizes);

/// The sizes of all of the sandbox, in bytes. Read by its process 1 from its /proc. Pages of such a
/// mapping need not be resident in any process, so only this counts them all.
std::uint64_t shared_mapping_bytes();

}  // namespace apiary
