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

/// The templates of a configuration, made statement by statement in the order of the file.
class TemplateBuilder {
 public:
  /// `statements` is all of the configuration; it tells what is created further down.
  TemplateBuilder(const std::vector<Statement>& statements, PersonalityCache personalities,
                  NicRegistry& nics, bool allows_spoofing, Diagnostics& diagnostics);

  void apply(const CreateTemplate& statement);
  void apply(const CreateDynamic& statement);
  void apply(const CloneTemplate& statement);
  void apply(const DeleteTemplate& statement);
  void apply(const DeletePort& statement);
  void apply(const SetTrait& statement);
  void apply(const AddPort& statement);
  void apply(const AddUse& statement);
  void apply(const Annotate& statement);
  void apply(const AddSubsystem& statement) { find_entry(statement.target); }

  /// The template of that name, which is used. nullptr: there is none; that was reported, once for
  /// each name.
  HostTemplatePtr find(const TemplateName& name);
  /// A template of the host at `name`, an address, alone: `host_template` as it is now, called so.
  HostTemplatePtr make_own(const TemplateName& name, const HostTemplatePtr& host_template);
  /// Whom the programs of the template called so run as, in the end.
  ServicePrivileges service_privileges(const TemplateName& name) const;
  /// The template `default`. nullptr: there is none.
  HostTemplatePtr find_default() const;
  /// Settles what needs the whole configuration: the personalities that chance gives.
  void finish();
  /// Warns of templates that nothing uses.
  void warn_unused();

  std::map<std::string, TemplateLocations> origins() const;

 private:
  struct Entry : TemplateDraft {
    std::optional<Span> deleted{};
    std::map<std::pair<IpProtocol, Port>, Span> own_ports{};  // of its own `add`s
    bool is_used = false;
  };

  Entry* find_entry(const TemplateName& name);
  /// As find_entry(), for a trait that dynamic templates have not.
  Entry* find_plain(const TemplateName& name);
  Entry* create(const TemplateName& name);
  void report_unknown(const TemplateName& name);

  PersonalityCache personalities_;
  NicRegistry& nics_;
  bool allows_spoofing_;
  Diagnostics& diagnostics_;
  std::unordered_map<std::string_view, Entry> entries_;
  std::vector<std::string_view> names_;           // of entries_, in the order of the file
  std::unordered_set<std::string_view> excused_;  // unknown, but that is or needs not be reported
  bool has_unknown_creations_ = false;            // in a file that is not read
};

/// Whether `from` is `to`, or a dynamic template that may come to be it: then `to` must not become
/// `from`.
bool leads_to(const HostTemplate& from, const HostTemplate& to);

}  // namespace apiary
