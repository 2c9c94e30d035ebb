#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "config/diagnostic.h"
#include "config/personality_book.h"
#include "config/statement.h"
#include "honeynet/honeynet.h"

namespace apiary {

/// The templates of a configuration, made statement by statement in the order of the file.
class TemplateBook {
 public:
  /// `statements` is all of the configuration; it tells what is created further down.
  TemplateBook(const std::vector<Statement>& statements, PersonalityBook personalities,
               Diagnostics& diagnostics);

  void apply(const CreateTemplate& statement);
  void apply(const CloneTemplate& statement);
  void apply(const SetPersonality& statement);
  void apply(const SetDefaultAction& statement);
  void apply(const AddPort& statement);

  /// The template of that name. nullptr: there is none; that was reported, once for each name.
  TemplatePointer find(const TemplateName& name);
  /// The template `default`. nullptr: there is none.
  TemplatePointer find_default() const;

 private:
  struct Entry {
    std::shared_ptr<Template> contents;             // null: not created yet
    Span created;                                   // where it is, or will be
    std::unordered_map<std::uint32_t, Span> ports;  // places of its own `add`s, by port_key()
  };

  Entry* find_entry(const TemplateName& name);
  Entry* create(const TemplateName& name);
  void report_unknown(const TemplateName& name);

  PersonalityBook personalities_;
  Diagnostics& diagnostics_;
  std::unordered_map<std::string_view, Entry> entries_;
  std::vector<std::string_view> names_;           // of entries_, in the order of the file
  std::unordered_set<std::string_view> excused_;  // unknown, but that is or needs not be reported
  bool has_unknown_creations_ = false;            // in a file that is not read
};

}  // namespace apiary
