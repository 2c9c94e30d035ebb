#pragma once

#include <string>
#include <tl/expected.hpp>

#include "config/parser.h"

namespace apiary {

/// The text of a configuration's first file in its canonical form: a statement a line, as
/// format_statement() has it, at most one empty line between them, all comments kept. Comments
/// within a statement go before it. Files that it includes are left alone. Error: it has errors.
tl::expected<std::string, Diagnostics> format_configuration(SourceText& source,
                                                            const PortNames& port_names = {});

}  // namespace apiary
