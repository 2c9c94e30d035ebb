#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "config/diagnostic.h"
#include "config/nic_registry.h"
#include "config/personality_cache.h"
#include "config/source_locations.h"
#include "config/statement.h"
#include "config/template_draft.h"
#include "honeynet/honeynet.h"

namespace apiary {

/// Builds the templates of a configuration, statement by statement in the order of the file.
class TemplateBuilder {
 public:
  /// `statements`: the whole configuration, for messages about templates created later.
  TemplateBuilder(const std::vector<Statement>& statements, PersonalityCache personalities,
                  NicRegistry& nics, TemplatePermissions permissions, Diagnostics& diagnostics);

  void apply(const CreateTemplate& statement);
  void apply(const CreateDynamic& statement);
  void apply(const CloneTemplate& statement);
  void apply(const DeleteTemplate& statement);
  void apply(const DeletePort& statement);
  void apply(const SetTrait& statement);
  void apply(const AddPort& statement);
  void apply(const AddUse& statement);
  void apply(const Annotate& statement);
  void apply(const AddSubsystem& statement);

  /// The template of this name; marks it as used. nullptr: there is none, which is reported once
  /// per name.
  HostTemplatePtr find(const TemplateName& name);
  /// Makes a template for the single host at the address `name`: a copy of `host_template`.
  HostTemplatePtr make_own(const TemplateName& name, const HostTemplatePtr& host_template);
  /// The final user and limits of the programs of this template.
  ServicePrivileges service_privileges(const TemplateName& name) const;
  /// The template `default`. nullptr: there is none.
  HostTemplatePtr find_default() const;
  /// Call it after the last statement: chooses random personalities.
  void finish();
  /// Warns of templates that nothing uses.
  void warn_unused();

  std::map<std::string, TemplateLocations> origins() const;

 private:
  struct Entry : TemplateDraft {
    std::optional<Span> deleted{};
    std::map<std::pair<IpProtocol, Port>, Span> own_ports{};  // from its own `add` statements
    bool is_used = false;
  };

  Entry* find_entry(const TemplateName& name);
  void finalize_subsystems(HostTemplate& host_template);
  /// Reports an egress list without a server that it is for.
  void check_egress(std::string_view name, const Entry& entry);
  /// Like find_entry(), for a trait that dynamic templates lack.
  Entry* find_plain(const TemplateName& name);
  Entry* create(const TemplateName& name);
  void report_unknown(const TemplateName& name);

  PersonalityCache personalities_;
  NicRegistry& nics_;
  const TemplatePermissions permissions_;
  Diagnostics& diagnostics_;
  std::unordered_map<std::string_view, Entry> entries_;
  std::vector<std::string_view> names_;  // keys of entries_, in the order of the file
  std::vector<std::shared_ptr<const ServiceSpec>> subsystems_;  // final, each once
  std::unordered_set<std::string_view> reported_;  // unknown names that need no further report
  bool has_unknown_creations_ = false;             // in an included file that is not read
};

}  // namespace apiary
