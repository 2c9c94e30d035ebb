#include "sandbox/shared_mappings.h"

#include <dirent.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <numeric>
#include <string>

namespace apiary {
namespace {

// How the kernel names them (mm/shmem.c).
constexpr std::string_view shared_anonymous = "/dev/zero (deleted)";

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

}  // namespace

void add_shared_mappings(std::string_view maps, std::map<std::uint64_t, std::uint64_t>& sizes) {
  while (!maps.empty()) {
    const std::string line(maps.substr(0, maps.find('\n')));
    maps.remove_prefix(std::min(line.size() + 1, maps.size()));
    if (!line.ends_with(shared_anonymous)) continue;
    unsigned long long begin = 0, end = 0, offset = 0, inode = 0;
    if (std::sscanf(line.c_str(), "%llx-%llx %*s %llx %*s %llu", &begin, &end, &offset, &inode) !=
        4)
      continue;
    // A part of it that is unmapped keeps its pages: the size reaches to the end of this part.
    auto& size = sizes[inode];
    size = std::max<std::uint64_t>(size, offset + (end - begin));
  }
}

std::uint64_t shared_mapping_bytes() {
  std::map<std::uint64_t, std::uint64_t> sizes;
  const std::unique_ptr<DIR, CloseFolder> folder(opendir("/proc"));
  while (const dirent* const entry = folder ? readdir(folder.get()) : nullptr) {
    if (std::strtol(entry->d_name, nullptr, 10) <= 1) continue;
    std::ifstream file(std::string("/proc/") + entry->d_name + "/maps");
    add_shared_mappings(std::string(std::istreambuf_iterator<char>(file), {}), sizes);
  }
  return std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const auto& one) { return sum + one.second; });
}

}  // namespace apiary
