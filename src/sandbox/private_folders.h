#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace apiary {

/// The file systems that a sandbox has for itself (private_folders), emptied between programs.
class PrivateFolders {
 public:
  /// `kept`: kept_paths() of the view. It outlives this.
  explicit PrivateFolders(const std::vector<std::string>& kept) : kept_(kept) {}

  /// Mounts new ones, with the kept paths of the view in them. False: errno says why.
  bool mount_empty();
  /// Whether they are empty: most programs write no file.
  bool are_empty() const;

 private:
  const std::vector<std::string>& kept_;
  std::uint64_t files_ = 0;  // in all of them, when they are empty
};

}  // namespace apiary
