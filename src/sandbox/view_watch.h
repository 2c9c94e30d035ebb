#pragma once

#include <map>
#include <set>
#include <string>

#include "posix/file_descriptor.h"

namespace apiary {

/// Watches the names of this machine's files and folders that a view shows one by one, each by a
/// mount of its own. Such a mount stays on the file that had the name: if that is removed, its
/// space is not free, and if it is replaced, programs see the old one, until the view is made
/// again.
class ViewWatch {
 public:
  /// Without inotify(7), and beyond its limits, it notices no changes.
  ViewWatch();

  /// Before the view is made, for the first time or again: folders may have been replaced.
  void begin() { folders_.clear(); }
  /// Watches a name. Call it before what has the name is looked up.
  void add(const std::string& path);
  /// After the view was made for the first time: it shows no further names.
  void seal() { is_sealed_ = true; }
  bool allows(const std::string& path) const { return !is_sealed_ || names_.contains(path); }

  /// Readable after something happened in a folder of the names. -1: none.
  int descriptor() const { return notices_.get(); }
  /// Whether one of the names was created, removed or replaced since the last call.
  bool has_changed();

 private:
  bool is_about_name(int watch, const std::string& name) const;

  FileDescriptor notices_;
  std::map<std::string, int> folders_;  // of the names, with the number of the watch; -1: none
  std::set<std::string> names_;         // absolute
  bool is_sealed_ = false;
};

}  // namespace apiary
