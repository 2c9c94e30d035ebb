#pragma once

#include <vector>

#include "config/configuration.h"
#include "config/statement.h"
#include "config/template_builder.h"

namespace apiary {

/// Adds the programs and proxies of the statements to `configuration`. The templates are complete.
void list_services(const std::vector<Statement>& statements, const TemplateBuilder& templates,
                   Configuration& configuration);

}  // namespace apiary
